import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { openAuthority } from "../../src/identity/index.js";
import { contractPolicy } from "../harness/contract-policy.js";
import { neighbourhood, startSidecar } from "../harness/sidecar.js";
import { clientCertificate, topology } from "../harness/topology.js";

interface LogLine {
  readonly path: string;
  readonly request_id?: string;
  readonly route?: string;
  readonly duration_ms: number;
}

const getItem = "/theseus.inventory.v1.InventoryService/GetItem";

describe("The edge listener of the gateway's sidecar", () => {
  const cleanup = new AsyncDisposableStack();
  let application: Server;
  let port: number;
  let accessLog: string;
  let seen: IncomingMessage[] = [];
  let streaming: ServerResponse | undefined;

  before(async () => {
    const { path } = cleanup.use(createScratchFolder());
    const around = await neighbourhood(
      path,
      await openAuthority(`${path}/ca`, { topology }),
      contractPolicy({ [getItem]: { timeoutMs: 300 } }),
    );
    const sidecar = cleanup.use(
      await startSidecar(around, {
        workload: "gateway",
        ports: { edge: 0 },
        allowedHosts: ["shop.example", "[2001:db8::1]"],
      }),
    );
    port = sidecar.ports.edge ?? 0;
    accessLog = sidecar.options.paths.accessLog;
    application = createServer((incoming, answer) => {
      seen.push(incoming);
      if (incoming.url?.startsWith("/v1/items/silent")) return;
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

  for (const id of ['say "hello"', "a".repeat(129), "a".repeat(8000), "a,b", "\u00e9"]) {
    it(`gives a request another id, everywhere the same, when its own is ${JSON.stringify(id.slice(0, 12))}`, async () => {
      const { headers } = await get(port, "/ids", { "x-request-id": id, "x-theseus-kept": "forged" });
      const given = String(headers["x-request-id"]);
      expect(given).to.match(/^[0-9a-f-]{36}$/);
      expect(seen[0]?.headers["x-request-id"]).to.equal(given);
      expect(seen[0]?.headers).not.to.have.property("x-theseus-kept");
      expect(await logLines(accessLog, ({ request_id }) => request_id === given)).to.have.length(1);
    });
  }

  it("passes on a trace, and drops what is malformed or longer than others must take", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const sound = { traceparent, tracestate: `a=${"b".repeat(510)}`, baggage: "user=1" };
    await get(port, "/", sound);
    expect(seen[0]?.headers).to.include(sound);
    await get(port, "/", {
      traceparent: `${traceparent}-${"0".repeat(100)}`,
      tracestate: `a=${"b".repeat(511)}`,
      baggage: `a=${"b".repeat(8191)}`,
    });
    expect(seen[1]?.headers).not.to.have.any.keys("traceparent", "tracestate", "baggage");
  });

  it("refuses two hosts, and none, as JSON with a reason", async () => {
    for (const hosts of ["host: a\r\nhost: b\r\n", "host: a\r\nhost: a\r\n", ""]) {
      const answer = await send(port, `GET /v1/items HTTP/1.1\r\n${hosts}connection: close\r\n\r\n`);
      expect(answer).to.match(/^HTTP\/1\.1 400 /);
      expect(answer).to.contain('"reason":"REQUEST_MALFORMED"');
    }
    expect(seen).to.deep.equal([]);
  });

  for (const head of ["GET / HTTP/1.1\rhost: localhost", "GET /a\rb HTTP/1.1\r\nhost: localhost"]) {
    it(`refuses a bare carriage return in ${JSON.stringify(head)}`, async () => {
      expect(await send(port, `${head}\r\n\r\n`)).to.match(/^HTTP\/1\.1 400 [\s\S]*"REQUEST_MALFORMED"/);
    });
  }

  for (const header of ["host: localhost\rx-b: c", "x\r-b: c", "x-b\r: c"]) {
    it(`refuses a bare carriage return in ${JSON.stringify(header)}`, async () => {
      const request = `GET / HTTP/1.1\r\n${header}\r\nhost: localhost\r\n\r\n`;
      expect(await send(port, request)).to.match(/^HTTP\/1\.1 400 [\s\S]*"REQUEST_MALFORMED"/);
      expect(seen).to.deep.equal([]);
    });
  }

  it("passes no bare carriage return on in a header's value, which stays one", async () => {
    await send(port, "GET / HTTP/1.1\r\nhost: localhost\r\nx-a: b\rx-b: c\r\nconnection: close\r\n\r\n");
    expect(JSON.stringify(seen[0]?.rawHeaders)).not.to.contain("\\r");
    expect(seen[0]?.headers).not.to.have.property("x-b");
  });

  for (const host of [
    "localhost",
    "LocalHost:8080",
    "127.0.0.1:1",
    "[::1]:8080",
    "shop.example:443",
    "[2001:db8::1]",
  ]) {
    it(`serves the host ${host}`, async () => {
      const answer = await send(port, `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
      expect(answer).to.match(/^HTTP\/1\.1 200 /);
    });
  }

  const foreign = [
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "shop-example",
    "127.0.0.2",
    "localhost:x",
  ];
  for (const host of [...foreign, "localhost@evil.example", "localhost:80.evil.example", "user@localhost"]) {
    it(`refuses the host ${host}, as JSON that says the way out`, async () => {
      const answer = await send(port, `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
      expect(answer).to.match(/^HTTP\/1\.1 4(21|00) /);
      expect(answer).to.contain('"reason":"REQUEST_MALFORMED"');
      if (answer.includes(" 421 ")) expect(answer).to.contain("--allowed-host");
      expect(seen).to.deep.equal([]);
    });
  }

  it("looks at the host of a whole URL, whatever the header says", async () => {
    const request = "GET http://evil.example/ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    expect(await send(port, request)).to.match(/^HTTP\/1\.1 421 /);
  });

  it("looks at the authority of HTTP/2", async () => {
    for (const [authority, status] of [
      ["localhost:1", 200],
      ["evil.example", 421],
    ] as const) {
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      const call = session.request({ ":path": "/", ":authority": authority });
      const [headers] = (await once(call, "response")) as [IncomingHttpHeaders];
      expect(headers[":status"], authority).to.equal(status);
      session.destroy();
    }
  });

  it("cuts what a caller may choose in its log", async () => {
    await get(port, `/long/${"a".repeat(9000)}`);
    const [line] = await logLines(accessLog, ({ path }) => path.startsWith("/long/"));
    expect(line?.path).to.have.length(256);
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
    const answer = await get(port, "/", { "x-large": "a".repeat(15 * 1024) });
    expect(answer.status).to.equal(431);
    expect(JSON.parse(answer.body).error.details[0].reason).to.equal("REQUEST_MALFORMED");
  });

  it("refuses what is not HTTP", async () => {
    expect(await send(port, "HELLO\r\n\r\n")).to.match(/^HTTP\/1\.1 400 /);
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

  it("ends a call a little after its method's time, when the gateway does not", async () => {
    const began = Date.now();
    const answer = await get(port, "/v1/items/silent?a=b");
    expect(Date.now() - began).to.be.at.least(300);
    expect(answer.status).to.equal(504);
    expect(JSON.parse(answer.body).error).to.deep.include({ code: 504, status: "DEADLINE_EXCEEDED" });
    expect(JSON.parse(answer.body).error.details[0].reason).to.equal("DEADLINE_EXCEEDED");
    const [line] = await logLines(accessLog, ({ path }) => path === "/v1/items/silent");
    expect(line).to.include({ route: getItem });
    expect(line?.duration_ms).to.be.below(2000);
  });

  it("closes a connection that says nothing, and serves others meanwhile", async () => {
    const silent = Array.from({ length: 2100 }, () => connect(port, "127.0.0.1"));
    await Promise.all(silent.map((socket) => once(socket, "connect")));
    const closed = Promise.all(silent.map((socket) => once(socket.resume(), "close")));
    expect((await get(port, "/v1/items")).status).to.equal(200);
    await closed;
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

/** Lines of an access log, once there are some that fit. */
async function logLines(file: string, fits: (line: LogLine) => boolean): Promise<readonly LogLine[]> {
  let found: readonly LogLine[] = [];
  await eventually("the call is logged", async () => {
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n").filter(Boolean);
    found = lines.map((line) => JSON.parse(line) as LogLine).filter(fits);
    return found.length > 0;
  });
  return found;
}

/** Sends bytes as they are; all that comes back. */
function send(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes);
  return text(socket);
}

async function get(port: number, path: string, headers: Readonly<Record<string, string>> = {}) {
  const call = request({ host: "127.0.0.1", port, path, headers, agent: false });
  call.end();
  const [answer] = (await once(call, "response")) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}
