import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect } from "chai";

const INDEX = new URL("../src/index.js", import.meta.url).href;

/** A process whose main is `run(async (env) => { … })`. */
function start(body: string, env: NodeJS.ProcessEnv = {}) {
  const script = `import { run, serve, createLog, parseEnv, variable } from ${JSON.stringify(INDEX)};
    await run(async (env) => { ${body} });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    env: { ...process.env, ...env },
  });
  const lines: Record<string, unknown>[] = [];
  let stderr = "";
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(JSON.parse(line)));
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  return { child, lines, listening: once(reader, "line"), exit: exitOf(child), stderr: () => stderr };
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code] = await once(child, "close");
  return code;
}

const SERVE = `return serve({ listen: "127.0.0.1:0", services: [], probe: async () => {}, log: createLog({ level: "info", name: "t" }) })`;

describe("run", () => {
  it("prints where it listens first, and exits 0 on SIGTERM", async () => {
    const main = start(SERVE);
    await main.listening;
    expect(main.lines[0]).to.include({ event: "listening", pid: main.child.pid });
    expect(main.lines[0]).to.have.keys("event", "address", "pid", "version");
    main.child.kill("SIGTERM");
    expect(await main.exit).to.equal(0);
  });

  it("prints a line for each fault of the configuration and exits 78, without a stack", async () => {
    const body = `parseEnv(env, { a: variable.listen("LISTEN"), b: variable.url("REDIS_URL", { schemes: ["redis"] }) })`;
    const main = start(body, { LISTEN: "nowhere" });
    expect(await main.exit).to.equal(78);
    expect(main.lines.map((line) => line.variable)).to.deep.equal(["LISTEN", "REDIS_URL"]);
    expect(JSON.stringify(main.lines) + main.stderr()).not.to.match(/\.js:\d+/);
    expect(main.stderr()).to.equal("");
  });

  it("logs a rejection that nobody handles and exits 1", async () => {
    const main = start(`Promise.reject(new Error("lost")); ${SERVE}`);
    expect(await main.exit).to.equal(1);
    expect(main.lines.at(-1)).to.include({ level: "fatal", event: "failed" });
  });

  it("logs why it cannot start and exits 1", async () => {
    const main = start(`throw new Error("no luck")`);
    expect(await main.exit).to.equal(1);
    expect(main.lines.at(-1)).to.have.nested.property("err.message", "no luck");
  });
});
