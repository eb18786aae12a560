import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import type { ProcessSpec } from "../../src/process/process-spec.js";
import { createStateFile, readState, type StateFile } from "../../src/process/state-file.js";
import { type Supervised, supervise } from "../../src/process/supervised.js";

/** Prints a number every few milliseconds. */
const talks = `console.log("ready"); let n = 0; setInterval(() => console.log(String(n++)), 5);`;
const supervisedModule = fileURLToPath(new URL("../../src/process/supervised.js", import.meta.url));
const stateModule = fileURLToPath(new URL("../../src/process/state-file.js", import.meta.url));

describe("a process whose supervisor was killed", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const path = (name: string) => join(scratch.path, name);
  let adopted: Supervised | undefined;
  let supervisor: ChildProcess | undefined;
  afterEach(async () => {
    supervisor?.kill("SIGKILL");
    await adopted?.kill();
  });

  it("runs on under the next one, and no line of its log is lost or told twice", async () => {
    const pid = await leave("talker");
    const state = takeOver();
    adopted = await supervise(specOf("talker"), { state, report: () => undefined });
    expect(adopted.status()).to.include({ pid, address: "ready", state: "running" });
    const seen = numbers("talker").length;
    await eventually("it talks on", () => numbers("talker").length > seen + 100);
    const told = numbers("talker");
    expect(told).to.deep.equal(told.map((_, index) => index));
    await adopted.stop();
    expect(adopted.status().state).to.equal("stopped");
    expect(readState(path("state.json"))?.processes).to.deep.equal([]);
  });

  it("is started again when it ends", async () => {
    const pid = await leave("mortal");
    const notes: string[] = [];
    const state = takeOver();
    adopted = await supervise(specOf("mortal"), {
      state,
      report: (line) => notes.push(line),
      backOff: { firstMs: 20 },
    });
    process.kill(pid, "SIGKILL");
    const { status } = adopted;
    await eventually("a second start", () => status().restarts === 1 && status().state === "running");
    expect(status().pid).not.to.equal(pid);
    expect(notes[0]).to.contain("mortal ended (nobody saw how");
  });

  it("is ended where it does not serve any more, and started anew", async () => {
    const pid = await leave("silent");
    const state = takeOver();
    adopted = await supervise(specOf("silent"), {
      state,
      report: () => undefined,
      onReady: (child) => {
        if (child.pid === pid) throw new Error("it does not answer");
      },
    });
    expect(adopted.status().pid).not.to.equal(pid);
    await eventually("the old one is gone", () => !runs(pid));
  });

  /** Has another supervisor start a process, and kills that supervisor; answers the pid of the process. */
  async function leave(name: string): Promise<number> {
    const program = `
      import { supervise } from ${JSON.stringify(supervisedModule)};
      import { createStateFile } from ${JSON.stringify(stateModule)};
      const spec = ${JSON.stringify({ ...specOf(name), readyWhen: {} })};
      const state = createStateFile(${JSON.stringify(path("state.json"))}, "control");
      const readyWhen = { line: (line) => line === "ready" ? { address: line } : undefined };
      await supervise({ ...spec, readyWhen }, { state, report() {} });
      console.log("supervised");`;
    supervisor = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (supervisor.stdout !== null) await once(supervisor.stdout, "data");
    const ended = once(supervisor, "exit");
    supervisor.kill("SIGKILL");
    await ended;
    return readState(path("state.json"))?.processes[0]?.pid ?? 0;
  }

  function takeOver(): StateFile {
    return createStateFile(path("state.json"), "control", readState(path("state.json")));
  }

  function specOf(name: string): ProcessSpec {
    return {
      name,
      command: [process.execPath, "-e", talks],
      cwd: scratch.path,
      env: {},
      readyWhen: { line: (line) => (line === "ready" ? { address: line } : undefined) },
      readyWithinMs: 20_000,
      stopWithinMs: 5_000,
      logFile: path(`${name}.log`),
    };
  }

  function numbers(name: string): readonly number[] {
    const lines = readFileSync(path(`${name}.log`), "utf8")
      .trim()
      .split("\n");
    return lines
      .map((line) => Number((JSON.parse(line) as { msg: string }).msg))
      .filter((number) => !Number.isNaN(number));
  }
});

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
