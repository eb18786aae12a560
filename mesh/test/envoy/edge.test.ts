import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { openAuthority } from "../../src/identity/index.js";
import { contractPolicy } from "../harness/contract-policy.js";
import { neighbourhood, startSidecar } from "../harness/sidecar.js";
import { clientCertificate, topology } from "../harness/topology.js";

describe("The edge listener of the gateway's sidecar", () => {
  const cleanup = new AsyncDisposableStack();
  let application: Server;
  let port: number;
  let seen: IncomingMessage[] = [];
  let streaming: ServerResponse | undefined;

  before(async () => {
    const { path } = cleanup.use(createScratchFolder());
    const around = await neighbourhood(
      path,
      await openAuthority(`${path}/ca`, { topology }),
      contractPolicy(),
    );
    const sidecar = cleanup.use(await startSidecar(around, { workload: "gateway", ports: { edge: 0 } }));
    port = sidecar.ports.edge ?? 0;
    application = createServer((incoming, answer) => {
      seen.push(incoming);
      if (incoming.url !== "/v1/items:watchStock") return void answer.end("from the gateway");
      answer.flushHeaders();
      streaming = answer;
    });
    application.listen(sidecar.options.paths.app);
    await once(application, "listening");
  });
  after(async () => {
    application.closeAllConnections();
    application.close();
    await cleanup.disposeAsync();
  });
  beforeEach(() => {
    seen = [];
  });

  it("passes a request and its bearer token to the gateway, and gives back the request's id", async () => {
    const answer = await get(port, "/v1/items", { authorization: "Bearer x" });
    expect(answer).to.include({ status: 200, body: "from the gateway" });
    expect(answer.headers["x-request-id"]).to.match(/^[0-9a-f-]{36}$/);
    expect(seen[0]?.headers).to.include({ authorization: "Bearer x" });
    expect(seen[0]?.headers["x-request-id"]).to.equal(answer.headers["x-request-id"]);
  });

  it("keeps an id that the client chose", async () => {
    const id = "5f0c95c4-2b1e-4f44-9fd6-4e9f0e7a4c11";
    expect((await get(port, "/", { "x-request-id": id })).headers["x-request-id"]).to.equal(id);
  });

  it("removes what only sidecars may say", async () => {
    const forged = {
      "x-theseus-claims": "e30",
      "x-forwarded-client-cert": clientCertificate("payment"),
      "x-envoy-upstream-rq-timeout-ms": "1",
      "x-envoy-retry-on": "5xx",
    };
    await get(port, "/", forged);
    expect(seen[0]?.headers).not.to.have.any.keys(...Object.keys(forged));
  });

  it("says from which address the request came, whatever the client says", async () => {
    await get(port, "/", { "x-theseus-source": "192.0.2.7", "x-forwarded-for": "192.0.2.8" });
    expect(seen[0]?.headers).to.include({ "x-theseus-source": "127.0.0.1" });
  });

  it("normalises the path, but leaves an escaped slash to the gateway", async () => {
    await get(port, "/v1/a/../items//x%2Fy?filter=a%2Fb");
    expect(seen[0]?.url).to.equal("/v1/items/x%2Fy?filter=a%2Fb");
  });

  it("refuses header names that something behind could confuse, as JSON with a reason", async () => {
    const answer = await get(port, "/", { x_theseus_claims: "e30" });
    expect(answer.status).to.equal(400);
    expect(JSON.parse(answer.body)).to.deep.equal({
      error: {
        code: 400,
        status: "INVALID_ARGUMENT",
        message: "the request is not valid HTTP for this server",
        details: [
          {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            reason: "REQUEST_MALFORMED",
            domain: "theseus",
          },
        ],
      },
    });
    expect(seen).to.deep.equal([]);
  });

  it("refuses headers that are too large", async () => {
    const answer = await get(port, "/", { "x-large": "a".repeat(40_000) });
    expect(answer.status).to.equal(431);
    expect(JSON.parse(answer.body).error.details[0].reason).to.equal("REQUEST_MALFORMED");
  });

  it("refuses what is not HTTP", async () => {
    const socket = connect(port, "127.0.0.1");
    socket.write("HELLO\r\n\r\n");
    expect(await text(socket)).to.match(/^HTTP\/1\.1 400 /);
  });

  it("passes each part of a stream on at once", async () => {
    const call = request({ host: "127.0.0.1", port, path: "/v1/items:watchStock", agent: false });
    call.end();
    const [answer] = (await once(call, "response")) as [IncomingMessage];
    for (const part of ["one\n", "two\n"]) {
      streaming?.write(part);
      expect(String((await once(answer, "data"))[0])).to.equal(part);
    }
    streaming?.end();
    await once(answer.resume(), "end");
  });

  it("says that the gateway is unavailable, as JSON with a reason, and when to come again", async () => {
    application.closeAllConnections();
    application.close();
    await once(application, "close");
    const answer = await get(port, "/");
    expect(answer.status).to.equal(503);
    expect(answer.headers).to.include({ "content-type": "application/json", "retry-after": "1" });
    expect(JSON.parse(answer.body).error).to.deep.include({ code: 503, status: "UNAVAILABLE" });
    expect(JSON.parse(answer.body).error.details[0].reason).to.equal("SERVICE_UNAVAILABLE");
  });
});

async function get(port: number, path: string, headers: Readonly<Record<string, string>> = {}) {
  const call = request({ host: "127.0.0.1", port, path, headers, agent: false });
  call.end();
  const [answer] = (await once(call, "response")) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}
