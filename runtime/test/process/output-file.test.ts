import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { launch } from "../../src/process/child.js";
import { openOutputFile } from "../../src/process/output-file.js";
import type { ProcessSpec } from "../../src/process/process-spec.js";

/** Far more than a pipe holds. */
const lines = 5_000;

describe("the output of a process", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const folder = scratch.path;
  const supervisors: ChildProcess[] = [];
  afterEach(() => {
    for (const supervisor of supervisors.splice(0)) supervisor.kill("SIGKILL");
  });

  it("does not hold it up while its supervisor stands still, and no line is lost", async () => {
    const name = "stopped";
    const supervisor = await startSupervisor(name);
    supervisor.kill("SIGSTOP");
    await letTalk(name);
    expect(numbers(name)).to.deep.equal([]);
    supervisor.kill("SIGCONT");
    await eventually("every line is in the log", () => numbers(name).length === lines);
    expect(numbers(name)).to.deep.equal(Array.from({ length: lines }, (_, index) => index));
  });

  it("does not hold it up when its supervisor was killed; the next one takes over the lines", async () => {
    const name = "killed";
    const supervisor = await startSupervisor(name);
    const ended = once(supervisor, "exit");
    supervisor.kill("SIGKILL");
    await ended;
    await letTalk(name);
    const silent = { ...specOf(name), command: [process.execPath, "-e", 'console.log("ready")'] as const };
    const next = await launch({ ...silent, readyWhen: { line: (line) => ({ address: line }) } });
    expect(next.address).to.equal("ready");
    await next.exited;
    expect(numbers(name)).to.deep.equal(Array.from({ length: lines }, (_, index) => index));
    expect(readdirSync(folder).filter((file) => file.startsWith(`${name}.out`))).to.deep.equal([]);
  });

  it("gives back the space of what was read", async function () {
    if (process.platform !== "linux") this.skip();
    const path = join(folder, "long.out");
    const taken: string[] = [];
    {
      using output = openOutputFile(path, { onLeft: () => undefined, reclaimBytes: 1 << 16 });
      output.follow((batch) => taken.push(...batch));
      for (let line = 0; line < lines; line += 1)
        writeSync(output.descriptor, `${line} ${"x".repeat(100)}\n`);
      await eventually("its space is given back", () => statSync(path).blocks * 512 < 1 << 16);
      writeSync(output.descriptor, "the last, without an end");
      expect(statSync(path).mode & 0o777).to.equal(0o600);
    }
    expect(taken).to.have.length(lines + 1);
    expect(taken.at(-1)).to.equal("the last, without an end");
  });

  /** A supervisor of a process that prints its lines when a file appears, and makes another one when it is done. */
  async function startSupervisor(name: string): Promise<ChildProcess> {
    const child = new URL("../../src/process/child.js", import.meta.url).href;
    const script = `
      import { launch } from ${JSON.stringify(child)};
      const readyWhen = { line: (line) => (line === "ready" ? { address: line } : undefined) };
      await launch({ ...${JSON.stringify(specOf(name))}, readyWhen });
      console.log("open");`;
    const supervisor = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    supervisors.push(supervisor);
    await once(supervisor.stdout, "data");
    return supervisor;
  }

  function specOf(name: string): Omit<ProcessSpec, "readyWhen"> {
    const [begin, done] = [join(folder, `${name}.begin`), join(folder, `${name}.done`)].map((path) =>
      JSON.stringify(path),
    );
    const talk = `
      const fs = require("node:fs");
      console.log("ready");
      const timer = setInterval(() => {
        if (!fs.existsSync(${begin})) return;
        clearInterval(timer);
        for (let i = 0; i < ${lines}; i += 1) console.log(JSON.stringify({ i, text: "x".repeat(100) }));
        fs.writeFileSync(${done}, "");
      }, 10);`;
    return {
      name,
      command: [process.execPath, "-e", talk],
      cwd: folder,
      env: {},
      readyWithinMs: 30_000,
      stopWithinMs: 5_000,
      logFile: join(folder, `${name}.log`),
    };
  }

  async function letTalk(name: string): Promise<void> {
    closeSync(openSync(join(folder, `${name}.begin`), "w"));
    await eventually("it has printed everything", () => existsSync(join(folder, `${name}.done`)));
  }

  function numbers(name: string): readonly number[] {
    const records = readFileSync(join(folder, `${name}.log`), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { i?: number });
    return records.flatMap(({ i }) => (i === undefined ? [] : [i]));
  }
});
