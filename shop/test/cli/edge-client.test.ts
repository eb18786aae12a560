import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { createEdgeClient, faultOf } from "../../src/seed/edge-client.js";

describe("the client that fills the shop and signs in", () => {
  let server: Server;
  let asked: string[] = [];
  afterEach(() => {
    asked = [];
    server.closeAllConnections();
    server.close();
  });

  const call = { method: "POST", path: "/v1/users:signIn", body: { email: "a" }, key: "k" } as const;
  const quick = { pauseMs: 1, patienceMs: 60_000 };

  it("asks again while the shop is unavailable, too late or closes the connection", async () => {
    const http = await serving((request, response) => {
      const turn = asked.push(`${request.method} ${request.headers["idempotency-key"]}`);
      if (turn === 1) request.socket.destroy();
      else response.writeHead([503, 504, 504][turn - 2] ?? 200).end('{"accessToken":"t"}');
    });
    const answer = await createEdgeClient(http, quick)(call);
    expect(answer).to.deep.equal({ status: 200, body: { accessToken: "t" } });
    expect(asked).to.deep.equal(Array(5).fill("POST k"));
  });

  it("waits as long as a rate limit asks for", async () => {
    const http = await serving((_, response) => {
      const turn = asked.push("call");
      if (turn === 1) response.writeHead(429, { "retry-after": "1" }).end();
      else response.end("{}");
    });
    const begun = performance.now();
    expect(await createEdgeClient(http, quick)(call)).to.include({ status: 200 });
    expect(performance.now() - begun).to.be.at.least(990);
  });

  it("hands on a refusal at once, and says its reason", async () => {
    const http = await serving((_, response) => {
      asked.push("call");
      response.writeHead(401).end('{"error":{"reason":"CREDENTIALS_INVALID","message":"no"}}');
    });
    const answer = await createEdgeClient(http, quick)(call);
    expect(answer.status).to.equal(401);
    expect(faultOf(answer)).to.equal(" (CREDENTIALS_INVALID: no)");
    expect(asked).to.have.length(1);
  });

  it("gives up when its patience is over, with the last answer or why there is none", async () => {
    const http = await serving((_, response) => {
      asked.push("call");
      response.writeHead(504).end("{}");
    });
    let time = 0;
    const tick = () => {
      time += 20;
      return time;
    };
    const impatient = { pauseMs: 20, patienceMs: 50, now: tick };
    expect(await createEdgeClient(http, impatient)(call)).to.include({ status: 504 });
    expect(asked).to.have.length(2);
    await new Promise((resolve) => server.close(resolve));
    const failure = await createEdgeClient(http, impatient)(call).then(String, String);
    expect(failure).to.contain(`The shop does not answer at ${http}`).and.contain("ECONNREFUSED");
  });

  it("ends its patience with its signal", async () => {
    const over = new AbortController();
    const http = await serving((_, response) => {
      response.writeHead(503).end("{}");
      over.abort();
    });
    const client = createEdgeClient(http, { pauseMs: 60_000, signal: over.signal });
    expect(await client(call).then(String, String)).to.contain("AbortError");
  });

  async function serving(listener: RequestListener): Promise<string> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
});
