import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { createBackOff } from "../../src/process/back-off.js";
import { launch } from "../../src/process/child.js";
import { lastComplaint } from "../../src/process/lines.js";
import { openLogFile } from "../../src/process/log-file.js";
import { processIdentity } from "../../src/process/process-identity.js";
import type { ProcessSpec } from "../../src/process/process-spec.js";
import { createStateFile, endOrphans, isAlive, readState } from "../../src/process/state-file.js";
import { type Supervised, supervise } from "../../src/process/supervised.js";

const stays = 'console.log("ready"); setInterval(() => {}, 1000);';
const noState = { add: () => undefined, remove: () => undefined };

describe("a supervised process", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const folder = scratch.path;
  let supervised: Supervised | undefined;
  afterEach(() => supervised?.kill());

  it("is started again after kill -9, and says so", async () => {
    const notes: string[] = [];
    const ready: number[] = [];
    supervised = await supervise(spec("phoenix", stays), {
      state: noState,
      report: (line) => notes.push(line),
      onReady: ({ pid }) => void ready.push(pid),
      backOff: { firstMs: 20 },
    });
    process.kill(supervised.status().pid ?? 0, "SIGKILL");
    await eventually("a second start", () => ready.length === 2);
    const { status, stop } = supervised;
    await eventually("it runs", () => status().state === "running");
    expect(status()).to.include({ restarts: 1, pid: ready[1] });
    expect(status().lastExit).to.contain("signal SIGKILL");
    expect(notes[0]).to.match(/^phoenix ended \(signal SIGKILL\); starting it again in 0\.0 s$/);
    expect(notes[1]).to.match(/^phoenix serves again \(pid \d+, start 2\)$/);
    await stop();
    expect(status().state).to.equal("stopped");
    expect(processIdentity(ready[1] ?? 0)).to.equal(undefined);
  });

  it("fails its first start with its last lines", async () => {
    const failing = supervise(spec("mute", 'console.log("no oars"); process.exit(3)'), {
      state: noState,
      report: () => undefined,
    });
    const error = await failing.then(String, String);
    expect(error)
      .to.contain("mute ended at start (exit code 3)")
      .and.contain("no oars")
      .and.contain("theseus logs mute");
  });

  it("is given up when it does not serve in time, and ended", async () => {
    const spawned: number[] = [];
    const silent = { ...spec("silent", "setInterval(() => {}, 1000)"), readyWithinMs: 300 };
    const error = await launch(silent, { onSpawn: (pid) => void spawned.push(pid) }).then(String, String);
    expect(error).to.contain("silent did not serve within 0.3 s");
    expect(processIdentity(spawned[0] ?? 0)).to.equal(undefined);
  });

  it("names a program that is not there", async () => {
    const error = await launch({ ...spec("ghost", ""), command: ["no-such-program"] }).then(String, String);
    expect(error).to.contain("ghost cannot be started: no-such-program is not an executable file");
  });

  it("is killed when it does not heed SIGTERM, and takes what it started with it", async () => {
    const script = `
      const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      process.on("SIGTERM", () => {});
      console.log("ready " + child.pid); setInterval(() => {}, 1000);`;
    const child = await launch({ ...spec("deaf", script), stopWithinMs: 200 });
    const grandchild = Number(child.address.split(" ")[1]);
    expect(await child.stop()).to.deep.equal({ code: null, signal: "SIGKILL" });
    await eventually("the grandchild is gone", () => processIdentity(grandchild) === undefined);
  });

  it("takes what it started with it when it ends by itself", async () => {
    const script = `
      const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      console.log("ready " + child.pid); setTimeout(() => process.exit(1), 50);`;
    const child = await launch(spec("mortal", script));
    expect(await child.exited).to.deep.equal({ code: 1, signal: null });
    const grandchild = Number(child.address.split(" ")[1]);
    await eventually("the grandchild is gone", () => processIdentity(grandchild) === undefined);
  });

  it("writes private logs of JSON lines, whatever it prints", async () => {
    const path = join(folder, "logs", "mixed.log");
    const child = await launch({
      ...spec("mixed", `console.log('{"msg":"json"}'); ${stays}`),
      logFile: path,
    });
    await child.stop();
    const lines = readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).msg);
    expect(lines).to.deep.equal(["json", "ready"]);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  function spec(name: string, script: string): ProcessSpec {
    return {
      name,
      command: [process.execPath, "-e", script],
      cwd: folder,
      env: { PATH: process.env.PATH ?? "" },
      readyWhen: { line: (line) => (line.startsWith("ready") ? { address: line } : undefined) },
      readyWithinMs: 10_000,
      stopWithinMs: 5_000,
    };
  }
});

describe("the last complaint of a process", () => {
  it("is its last warning or error, or text that speaks of a fault", () => {
    const warning = '{"level":"warn","msg":"the oar is worn"}';
    expect(lastComplaint([warning, '{"level":"info","msg":"rowing"}'])).to.equal("the oar is worn");
    expect(lastComplaint([warning, "Error: the oar broke", "    at row (oar.js:1)"])).to.equal(
      "Error: the oar broke",
    );
    expect(lastComplaint(["rowing", '{"level":"info","msg":"error free"}'])).to.equal(undefined);
  });
});

describe("pauses between starts", () => {
  it("double up to a limit and are short again after a calm time", () => {
    const pause = createBackOff({ firstMs: 100, longestMs: 450, calmAfterMs: 1_000, random: () => 1 });
    expect([pause(0), pause(0), pause(0), pause(999), pause(1_000)]).to.deep.equal([100, 200, 400, 450, 100]);
  });

  it("leave time for a start in every five seconds, however often a process ended", () => {
    const pause = createBackOff({ random: () => 1 });
    expect(Math.max(...Array.from({ length: 50 }, () => pause(0)))).to.equal(1_000);
  });

  it("are shortened by up to a quarter, so that many do not start at once", () => {
    expect(createBackOff({ firstMs: 100, random: () => 0 })(0)).to.equal(75);
  });
});

describe("a log file", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const folder = scratch.path;

  it("moves away when it is full, and only so many are kept", () => {
    using log = openLogFile(join(folder, "ship.log"), { maxBytes: 20, keep: 2 });
    for (const line of ["first line 123", "second line 123", "third line 123", "fourth line 123"])
      log.write([line]);
    expect(readdirSync(folder).sort()).to.deep.equal(["ship.log", "ship.log.1", "ship.log.2"]);
    expect(readFileSync(join(folder, "ship.log.2"), "utf8")).to.equal("second line 123\n");
  });
});

describe("what a killed supervisor left", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const folder = scratch.path;

  it("is ended by the next one, and a stranger with a recorded pid is not", async () => {
    const path = join(folder, "state.json");
    const supervisor = spawn(process.execPath, ["--input-type=module", "-e", abandoned(path)], {
      stdio: "ignore",
    });
    const left = await eventually("a recorded process", () => {
      const state = readState(path);
      return state?.processes.length === 1 ? state : undefined;
    });
    supervisor.kill("SIGKILL");
    await once(supervisor, "exit");
    expect(left.processes.every(isAlive)).to.equal(true);
    const stranger = { name: "stranger", pid: process.pid, identity: "another-boot:1" };
    const ended = await endOrphans({ ...left, processes: [...left.processes, stranger] });
    expect(ended.map(({ name }) => name)).to.deep.equal(["oarsman"]);
    expect(left.processes.some(isAlive)).to.equal(false);
  });

  it("is nothing after an orderly end", () => {
    const path = join(folder, "orderly.json");
    const state = createStateFile(path, "/run/control.sock");
    state.add("oarsman", process.pid);
    expect(readState(path)?.processes).to.have.length(1);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    state.clear();
    expect(readState(path)).to.equal(undefined);
  });

  function abandoned(path: string): string {
    const stateFile = new URL("../../src/process/state-file.js", import.meta.url);
    const child = new URL("../../src/process/child.js", import.meta.url);
    const spec = {
      name: "oarsman",
      command: [process.execPath, "-e", "setInterval(() => {}, 1000)"],
      cwd: "/",
      env: {},
      readyWithinMs: 60_000,
      stopWithinMs: 1_000,
    };
    return `
      import { createStateFile } from ${JSON.stringify(stateFile.href)};
      import { launch } from ${JSON.stringify(child.href)};
      const state = createStateFile(${JSON.stringify(path)}, "/run/control.sock");
      const spec = { ...${JSON.stringify(spec)}, readyWhen: {} };
      await launch(spec, { onSpawn: (pid) => state.add("oarsman", pid) });`;
  }
});
