import { type Command, type FinishedRun, listening, runToEnd, startProcess } from "@theseus/testing";
import { expect } from "chai";

const INDEX = new URL("../src/index.js", import.meta.url).href;

/** A process whose main is `run(async (env) => { … })`. */
function main(body: string): Command {
  const script = `import { run, serve, createLog, parseEnv, variable } from ${JSON.stringify(INDEX)};
    await run(async (env) => { ${body} });`;
  return [process.execPath, "--input-type=module", "-e", script];
}

function recordsOf({ stdout }: Pick<FinishedRun, "stdout">): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const SERVE = `return serve({ listen: "127.0.0.1:0", services: [], probe: async () => {}, log: createLog({ level: "info", name: "t" }) })`;

describe("run", () => {
  it("prints where it listens first, and exits 0 on SIGTERM", async () => {
    await using running = await startProcess(main(SERVE));
    const first = await listening(running);
    expect(running.lines()[0]).to.equal(JSON.stringify(first));
    expect(first).to.include({ event: "listening", pid: running.pid });
    expect(first).to.have.keys("event", "address", "pid", "version");
    expect(await running.stop()).to.deep.equal({ code: 0, signal: null });
  });

  it("prints a line for each fault of the configuration and exits 78, without a stack", async () => {
    const body = `parseEnv(env, { a: variable.listen("LISTEN"), b: variable.url("REDIS_URL", { schemes: ["redis"] }) })`;
    const run = await runToEnd(main(body), { env: { ...process.env, LISTEN: "nowhere" } });
    expect(run.code).to.equal(78);
    expect(recordsOf(run).map((line) => line.variable)).to.deep.equal(["LISTEN", "REDIS_URL"]);
    expect(run.stdout).not.to.match(/\.js:\d+/);
    expect(run.stderr).to.equal("");
  });

  it("logs a rejection that nobody handles and exits 1", async () => {
    const run = await runToEnd(main(`Promise.reject(new Error("lost")); ${SERVE}`));
    expect(run.code).to.equal(1);
    expect(recordsOf(run).at(-1)).to.include({ level: "fatal", event: "failed" });
  });

  it("logs why it cannot start and exits 1", async () => {
    const run = await runToEnd(main(`throw new Error("no luck")`));
    expect(run.code).to.equal(1);
    expect(recordsOf(run).at(-1)).to.have.nested.property("err.message", "no luck");
  });
});
