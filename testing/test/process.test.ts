import { expect } from "chai";
import { type Command, eventually, listening, rejectionOf, runToEnd, startProcess } from "../src/index.js";

const STAYS = "setInterval(() => undefined, 1000);";

describe("a process of a test", () => {
  it("prints lines, which can be waited for, and ends with a signal", async () => {
    await using running = await startProcess(node(`console.log("one"); console.log("two"); ${STAYS}`));
    expect(await running.line("two", (line) => line === "two")).to.equal("two");
    expect(running.lines()).to.deep.equal(["one", "two"]);
    expect(await running.stop()).to.deep.equal({ code: null, signal: "SIGTERM" });
  });

  it("says where it listens", async () => {
    const line = JSON.stringify({ event: "listening", address: "unix:/s", pid: 1, version: "0.1.0" });
    await using running = await startProcess(node(`console.log('${line}'); ${STAYS}`));
    expect(await listening(running)).to.include({ address: "unix:/s", version: "0.1.0" });
  });

  it("that ends without the line is told with all that it printed", async () => {
    await using running = await startProcess(
      node('console.error("no mast"); console.log("x"); process.exit(3)'),
    );
    const { message } = await rejectionOf(running.line("ready", (line) => line === "ready"));
    expect(message).to.contain("ended without printing ready").and.contain("code: 3").and.contain("no mast");
  });

  it("is ended by disposal, with what it has started", async () => {
    const script = `const { spawn } = require("node:child_process");
      console.log(spawn(process.execPath, ["-e", "${STAYS}"], { stdio: "ignore" }).pid); ${STAYS}`;
    const running = await startProcess(node(script));
    const grandchild = Number(await running.line("a pid", () => true));
    await running[Symbol.asyncDispose]();
    expect(await running.ended).to.deep.equal({ code: null, signal: "SIGKILL" });
    await eventually("the grandchild is gone", () => !isAlive(grandchild));
  });

  it("is ended when the process of the tests ends first", async () => {
    const testing = new URL("../src/index.js", import.meta.url).href;
    const script = `import { startProcess } from ${JSON.stringify(testing)};
      const { pid } = await startProcess([process.execPath, "-e", "${STAYS}"]);
      console.log(pid); process.exit(0);`;
    const { stdout } = await runToEnd([process.execPath, "--input-type=module", "-e", script]);
    expect(Number(stdout)).to.be.above(1);
    await eventually("the process is gone", () => !isAlive(Number(stdout)));
  });

  it("rejects when there is no such program", async () => {
    expect(await rejectionOf(startProcess(["no-such-program"]))).to.have.property("code", "ENOENT");
  });
});

describe("a run to the end", () => {
  it("gives exit code and output", async () => {
    const run = await runToEnd(node('console.log("out"); console.error("err"); process.exitCode = 3'));
    expect(run).to.deep.equal({ code: 3, signal: null, stdout: "out\n", stderr: "err\n" });
  });

  it("has the environment and the folder that it is given, and no other", async () => {
    const script = "console.log(process.env.SHIP, process.env.HOME, process.cwd())";
    const { stdout } = await runToEnd(node(script), { env: { SHIP: "argo" }, cwd: "/" });
    expect(stdout).to.equal("argo undefined /\n");
  });

  it("that takes too long is ended, and told with its output", async () => {
    const { message } = await rejectionOf(runToEnd(node(`console.log("row"); ${STAYS}`), { withinMs: 1000 }));
    expect(message).to.match(/did not end within 1 s:\n/);
  });
});

function node(script: string): Command {
  return [process.execPath, "-e", script];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
