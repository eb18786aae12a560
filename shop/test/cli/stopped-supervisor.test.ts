import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isStopped } from "@theseus/runtime/control";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { theseus } from "./command-line.js";

const program = fileURLToPath(new URL("./played-supervisor.js", import.meta.url));

describe("a stopped supervisor", () => {
  const scratch = createScratchFolder();
  const home = scratch.path;
  let supervisor: ChildProcess;
  let pid: number;

  before(async () => {
    const paths = [join(home, "state.json"), join(home, "control.sock")];
    supervisor = spawn(process.execPath, [program, ...paths], { stdio: ["ignore", "pipe", "inherit"] });
    pid = supervisor.pid ?? 0;
    await once(supervisor.stdout ?? supervisor, "data");
    process.kill(pid, "SIGSTOP");
    await eventually("it is stopped", async () => isStopped(pid));
  });
  after(() => {
    supervisor.kill("SIGKILL");
    scratch[Symbol.dispose]();
  });

  it("is what theseus status says at once, with the way out", async () => {
    const { code, stderr } = await theseus(home, "status");
    expect(stderr).to.contain(`The supervisor (pid ${pid}) is stopped`).and.contain(`kill -CONT ${pid}`);
    expect(code).to.equal(1);
  });

  it("is continued and ended by theseus down, which says so", async () => {
    const ended = once(supervisor, "exit");
    const { code, stdout } = await theseus(home, "down");
    expect(stdout)
      .to.contain(`The supervisor (pid ${pid}) is stopped`)
      .and.contain("The shop is closed; its data is kept.");
    expect(code).to.equal(0);
    // By its own exit: it was asked, not killed.
    expect(await ended).to.deep.equal([0, null]);
  });
});
