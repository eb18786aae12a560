import { join } from "node:path";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { answersGrpc, answersHttp, answersTls } from "../../src/pair/health-checks.js";
import { untilBroken } from "../../src/process/health-watch.js";
import { freePort } from "../../src/process/ports.js";
import type { ProcessSpec } from "../../src/process/process-spec.js";
import { type Supervised, supervise } from "../../src/process/supervised.js";

const quick = { everyMs: 10, timeoutMs: 300, allowed: 3 };
const noState = { add: () => undefined, remove: () => undefined };

describe("a process that hangs", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  let supervised: Supervised | undefined;
  afterEach(() => supervised?.kill());

  const socket = join(scratch.path, "hanging.sock");
  const servers = {
    "an HTTP server": {
      script: `require("node:http").createServer((_, response) => response.writeHead(503).end())`,
      check: answersHttp(socket, "/healthz"),
    },
    "a gRPC server": {
      script: `require("node:http2").createServer().on("stream", (stream) => {
        stream.respond({ ":status": 200, "content-type": "application/grpc" });
        stream.end(Buffer.from([0, 0, 0, 0, 2, 8, 2]));
      })`,
      check: answersGrpc(socket),
    },
  };
  for (const [what, { script, check }] of Object.entries(servers)) {
    it(`is killed and replaced, and said so: ${what}`, async () => {
      const notes: string[] = [];
      supervised = await supervise(serving(script, JSON.stringify(socket), { healthCheck: check }), {
        state: noState,
        report: (line) => notes.push(line),
        backOff: { firstMs: 10 },
        healthWatch: quick,
      });
      const { status } = supervised;
      expect(await check(5_000)).to.equal(undefined);
      process.kill(status().pid ?? 0, "SIGSTOP");
      await eventually("it is replaced", () => status().restarts === 1 && status().state === "running");
      expect(status().lastExit).to.match(/^killed, since it was not well: /);
      expect(notes[0]).to.match(/^hanging is not well \(.+\); killing it$/);
      expect(await check(5_000)).to.equal(undefined);
    });
  }

  it("shows on a TLS port as well, where a refusal is an answer", async () => {
    const port = await freePort();
    const script = `require("node:tls").createServer({})`;
    const check = answersTls("127.0.0.1", port);
    supervised = await supervise(serving(script, `${port}, "127.0.0.1"`), {
      state: noState,
      report: () => undefined,
    });
    expect(await check(5_000)).to.equal(undefined);
    process.kill(supervised.status().pid ?? 0, "SIGSTOP");
    expect(await check(200)).to.equal("it does not answer");
  });

  function serving(server: string, address: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
    const script = `
      require("node:fs").rmSync(${JSON.stringify(socket)}, { force: true });
      ${server}.listen(${address}, () => console.log("ready"));`;
    return {
      name: "hanging",
      command: [process.execPath, "-e", script],
      cwd: scratch.path,
      env: {},
      readyWhen: { line: (line) => (line === "ready" ? { address: line } : undefined) },
      readyWithinMs: 30_000,
      stopWithinMs: 5_000,
      ...more,
    };
  }
});

describe("the watch over a process's health", () => {
  const bad = async () => "the hold is full of water";

  it("gives up after so many bad answers in a row, and says the last", async () => {
    let asked = 0;
    const check = async () => {
      asked += 1;
      return asked === 2 ? undefined : "leaky";
    };
    const { signal } = new AbortController();
    expect(await untilBroken(check, { ...quick, signal })).to.equal("leaky");
    expect(asked).to.equal(5);
  });

  it("takes a question that fails for a bad answer", async () => {
    const { signal } = new AbortController();
    const problem = untilBroken(() => Promise.reject(new Error("no such harbour")), { ...quick, signal });
    expect(await problem).to.equal("no such harbour");
  });

  it("counts no answer that is late because the supervisor itself stood still", async () => {
    let time = 0;
    let asked = 0;
    const check = () => {
      asked += 1;
      // A minute in which nobody ran, five times; then answers as bad as before, in time.
      if (asked <= 5) time += 60_000;
      return bad();
    };
    const { signal } = new AbortController();
    await untilBroken(check, { ...quick, signal, now: () => time });
    expect(asked).to.equal(5 + quick.allowed);
  });

  it("ends with its signal", async () => {
    const over = new AbortController();
    const watch = untilBroken(async () => undefined, { ...quick, signal: over.signal });
    over.abort();
    expect(await watch.then(String, String)).to.contain("AbortError");
  });
});
