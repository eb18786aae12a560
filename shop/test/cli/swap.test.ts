import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createStateFile,
  type SwapStatus,
  type SystemStatus,
  serveControl,
  UsageFault,
} from "@theseus/runtime/control";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { theseus } from "./command-line.js";

const swap: SwapStatus = {
  service: "oars",
  to: "go",
  stage: "shift",
  percent: 10,
  since: new Date().toISOString(),
  words: "120 of 500 calls of its own answered",
  held: "paused",
  withoutProof: "the harbour burns",
  step: {
    old: { instances: ["oars-1"], calls: 1_080, p50Ms: 3, p95Ms: 9 },
    candidate: { instances: ["oars-2"], calls: 120, p50Ms: 4, p95Ms: 11 },
    ends: [
      { method: "/oars/Row", code: "OK", old: 1_060, ofOld: 1_080, candidate: 117, ofCandidate: 120 },
      {
        method: "/oars/Row",
        code: "NOT_FOUND",
        reason: "ADRIFT",
        old: 20,
        ofOld: 1_080,
        candidate: 3,
        ofCandidate: 120,
      },
    ],
  },
};

describe("theseus swap, while a swap is under way,", () => {
  const scratch = createScratchFolder();
  const home = scratch.path;
  const socket = join(home, "control.sock");
  const changes: unknown[] = [];
  const status: SystemStatus = {
    pid: process.pid,
    home,
    phase: "open",
    startedAt: new Date().toISOString(),
    change: "swap oars --to go",
    swap,
    instances: [],
  };
  let server: AsyncDisposable;
  before(async () => {
    server = await serveControl(socket, {
      status: async () => status,
      down: () => undefined,
      change: async (wanted, say) => {
        changes.push(wanted);
        say("shift: 1 % of the calls to oars-2");
      },
      steer: (wanted) => {
        if (wanted === "resume")
          throw new UsageFault("The swap is not held.", "theseus swap status shows it.");
        return `swap oars --to go: told to ${wanted}`;
      },
    });
    createStateFile(join(home, "state.json"), socket);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  for (const command of [["swap", "status"], ["status"]])
    it(`shows by "${command.join(" ")}" where it stands and what both sides answer`, async () => {
      const { code, stdout } = await theseus(home, ...command);
      expect(code).to.equal(0);
      expect(stdout).to.contain("oars to go: shift 10 %, 120 of 500 calls of its own answered");
      expect(stdout).to.contain("It is paused").and.contain("NOTHING IS PROVED of it: the harbour burns");
      expect(stdout).to.match(/^IN THIS STEP +OLD oars-1 +CANDIDATE oars-2$/m);
      expect(stdout).to.match(/^Row NOT_FOUND \/ ADRIFT +20 \(1\.9 %\) +3 \(2\.5 %\)$/m);
    });

  it("tells it as JSON", async () => {
    const { stdout } = await theseus(home, "swap", "status", "--json");
    expect(JSON.parse(stdout)).to.deep.equal({ running: true, swap });
  });

  it("holds it and takes it back, and refuses what makes no sense", async () => {
    expect(await theseus(home, "swap", "--pause")).to.include({
      code: 0,
      stdout: "swap oars --to go: told to pause\n",
    });
    expect((await theseus(home, "swap", "--abort")).stdout).to.contain("told to abort");
    const refused = await theseus(home, "swap", "--resume");
    expect(refused).to.include({
      code: 2,
      stderr: "The swap is not held.\n  theseus swap status shows it.\n",
    });
  });

  it("asks for a swap as it was typed, and tells each line as JSON", async () => {
    const flags = ["--calls", "7", "--longest", "9", "--without-proof", "haste", "--at-once", "--json"];
    const { code, stdout } = await theseus(home, "swap", "oars", "--to", "./mine", "--yes", ...flags);
    expect(code).to.equal(0);
    const [first, last] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).to.deep.include({ line: "shift: 1 % of the calls to oars-2", swap });
    expect(last.done).to.match(/^swap oars --to \/.*\/mine --without-proof "haste" --at-once$/);
    const { to, ...change } = changes[0] as { readonly to: string };
    expect(to).to.match(/^\/.*\/mine$/);
    expect(change).to.deep.equal({
      kind: "swap",
      service: "oars",
      withoutProof: "haste",
      atOnce: true,
      calls: 7,
      longestSeconds: 9,
    });
  });
});

describe("theseus swap status, when no supervisor runs,", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const home = scratch.path;
  const noted = (note: SwapStatus) => {
    const supervisor = { name: "supervisor", pid: 2 ** 22, identity: "none" };
    const state = { supervisor, control: join(home, "none.sock"), processes: [], notes: { swap: note } };
    writeFileSync(join(home, "state.json"), JSON.stringify(state));
    return theseus(home, "swap", "status");
  };

  it("says where it stood, and what the next start does", async () => {
    const { code, stdout } = await noted(swap);
    expect(code).to.equal(1);
    expect(stdout).to.contain("shift 10 %").and.contain("the next start undoes it");
    expect((await noted({ ...swap, stage: "drain", percent: 100 })).stdout).to.contain(
      "the next start finishes it",
    );
  });
});
