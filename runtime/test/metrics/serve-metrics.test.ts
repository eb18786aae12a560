import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { serveMetrics } from "../../src/metrics/serve-metrics.js";

const anyPort = { port: 0, isDemanded: true };

describe("/metrics", () => {
  it("is answered to whoever names this machine, in the text format", async () => {
    await using server = await serveMetrics(anyPort, async () => "up 1\n");
    for (const host of ["localhost", "127.0.0.1:9464", "[::1]:1", "LocalHost:80"]) {
      const answer = await ask(server.port, { host });
      expect(answer, host).to.deep.equal({
        status: 200,
        type: "text/plain; version=0.0.4; charset=utf-8",
        body: "up 1\n",
      });
    }
  });

  it("is not answered to pages of other sites, whose names lead here", async () => {
    await using server = await serveMetrics(anyPort, async () => "up 1\n");
    for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:9464", "0.0.0.0"])
      expect(await ask(server.port, { host })).to.include({ status: 421, body: "" });
    const two = await raw(
      server.port,
      "GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    );
    expect(two).to.match(/^HTTP\/1.1 400/);
    const absolute = await raw(
      server.port,
      "GET http://evil.example/metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    );
    expect(absolute).to.match(/^HTTP\/1.1 404/);
  });

  it("is all that there is, and can only be read", async () => {
    await using server = await serveMetrics(anyPort, async () => "up 1\n");
    expect(await ask(server.port, { path: "/" })).to.include({ status: 404 });
    expect(await ask(server.port, { path: "/metrics/.." })).to.include({ status: 404 });
    expect(await ask(server.port, { method: "POST" })).to.include({ status: 405 });
    expect(await ask(server.port, { method: "HEAD" })).to.include({ status: 200, body: "" });
  });

  it("says what failed, and goes on", async () => {
    let failing = true;
    await using server = await serveMetrics(anyPort, async () => {
      if (failing) throw new Error("no wind");
      return "up 1\n";
    });
    expect(await ask(server.port, {})).to.include({ status: 500, body: "Error: no wind\n" });
    failing = false;
    expect(await ask(server.port, {})).to.include({ status: 200 });
  });

  it("takes another port when its usual one is taken, but not instead of one that was asked for", async () => {
    await using first = await serveMetrics(anyPort, async () => "");
    await using second = await serveMetrics({ port: first.port, isDemanded: false }, async () => "");
    expect(second.port).not.to.equal(first.port);
    const third = await serveMetrics({ port: first.port, isDemanded: true }, async () => "").then(
      String,
      String,
    );
    expect(third).to.contain(`Port ${first.port} for metrics is taken`).and.contain("--metrics-port");
  });
});

interface Question {
  readonly host?: string;
  readonly method?: string;
  readonly path?: string;
}

function ask(port: number, { host = "localhost", method = "GET", path = "/metrics" }: Question) {
  return new Promise<{ status: number; type: string | undefined; body: string }>((resolve, reject) => {
    const call = request(
      { host: "127.0.0.1", port, method, path, headers: { host }, agent: false },
      async (response) =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers["content-type"],
          body: await text(response),
        }),
    );
    call.once("error", reject);
    call.end();
  });
}

function raw(port: number, message: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(message);
  socket.setTimeout(2_000, () => socket.end());
  return text(socket);
}
