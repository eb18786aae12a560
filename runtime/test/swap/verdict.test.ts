import { expect } from "chai";
import type { Call } from "../../src/numbers/call.js";
import type { Window } from "../../src/swap/evidence.js";
import { type Evidence, judge, type StepBounds, type Verdict } from "../../src/swap/verdict.js";
import { type Answer, cut, seeded, simulate, sound } from "./simulated-traffic.js";

const bounds: StepBounds = { leastCalls: 500, longestMs: 120_000, quietMs: 10_000 };
const isStream = (method: string) => method.endsWith("/Watch");

function look(
  windows: readonly Window[],
  more: Partial<Evidence> = {},
  of: Partial<StepBounds> = {},
): Verdict {
  return judge({ windows, isStream, heldMs: 5_000, silentMs: 0, ...more }, { ...bounds, ...of });
}

/** So many calls that end alike. */
function calls(count: number, like: Partial<Call> = {}): Call[] {
  return Array.from({ length: count }, () => ({
    time: "2026-01-01T00:00:00.000Z",
    method: "/harbour/GetBerth",
    code: "OK",
    durationMs: 5,
    ...like,
  }));
}

/** The steps of a swap one after the other, looked at whenever some more calls are answered; the first return ends it. */
function swapWith(candidate: Answer, seed: number, { everyCalls }: { readonly everyCalls: number }) {
  const random = seeded(seed);
  const windows: Window[] = [];
  let answered = 0;
  for (const [share, leastCalls] of [
    [0.01, 8],
    [0.1, 200],
    [0.5, 200],
  ] as const) {
    const whole = simulate(share, 2 * leastCalls, { old: sound, candidate }, random);
    for (let seen = Math.min(everyCalls, leastCalls); seen <= 2 * leastCalls; seen += everyCalls) {
      const verdict = look([...windows, cut(whole, seen)], {}, { leastCalls });
      if (verdict.kind === "return") return { ...verdict, share, answered: answered + seen };
      if (verdict.kind === "go on" || seen + everyCalls > 2 * leastCalls) {
        windows.push(cut(whole, seen));
        answered += seen;
        break;
      }
    }
  }
  return undefined;
}

describe("the verdict over a candidate", () => {
  it("never takes back one that is as the old one, in 1,000 simulated swaps", () => {
    const returned = Array.from({ length: 1_000 }, (_, seed) => swapWith(sound, seed, { everyCalls: 40 }));
    expect(returned.filter((each) => each !== undefined)).to.deep.equal([]);
  }).timeout(120_000);

  it("takes back one that answers NOT_FOUND to 2 % more, within 500 calls in nine of ten swaps, and before it goes on", () => {
    const always =
      (code: (random: () => number) => string): Answer =>
      (random) => ({
        ...sound(random),
        method: "/harbour/GetBerth",
        code: code(random),
      });
    const answers = {
      old: always(() => "OK"),
      candidate: always((random) => (random() < 0.02 ? "NOT_FOUND" : "OK")),
    };
    const ends = Array.from({ length: 100 }, (_, seed) => {
      const whole = simulate(0.1, 1_000, answers, seeded(seed));
      for (let seen = 25; seen <= 1_000; seen += 25) {
        const { kind } = look([cut(whole, seen)]);
        if (kind !== "wait") return { kind, seen };
      }
      return undefined;
    });
    const returned = ends.filter((end) => end?.kind === "return");
    expect(returned.length).to.be.at.least(99);
    expect(returned.filter((end) => (end?.seen ?? 0) <= 500).length).to.be.at.least(90);
  }).timeout(60_000);

  it("names what differs", () => {
    const window = {
      old: [...calls(4_490), ...calls(10, { code: "NOT_FOUND", reason: "NO_SUCH_BERTH" })],
      candidate: [...calls(480), ...calls(20, { code: "NOT_FOUND", reason: "NO_SUCH_BERTH" })],
    };
    expect(look([window])).to.deep.equal({
      kind: "return",
      why:
        "GetBerth ends with NOT_FOUND / NO_SUCH_BERTH in 20 of 500 calls of the candidate " +
        "and in 10 of 4500 of the old one",
    });
  });

  it("takes back one that refuses less than the old one, too", () => {
    const window = {
      old: [...calls(4_000), ...calls(500, { code: "PERMISSION_DENIED" })],
      candidate: calls(300),
    };
    expect(look([window])).to.include({ kind: "return" });
    expect(look([window]).why).to.match(/PERMISSION_DENIED in 0 of 300 calls of the candidate/);
  });

  it("takes back one that gives the same code for another reason", () => {
    const end = (reason: string) => calls(40, { code: "NOT_FOUND", reason });
    const window = {
      old: [...calls(300), ...end("NO_SUCH_BERTH")],
      candidate: [...calls(300), ...end("GONE")],
    };
    expect(look([window])).to.include({ kind: "return" });
  });

  it("compares within each step only: what changes for both is no difference", () => {
    const quiet = { old: calls(9_900), candidate: calls(100) };
    const storm = { code: "UNAVAILABLE" };
    const stormy = {
      old: [...calls(250), ...calls(250, storm)],
      candidate: [...calls(250), ...calls(250, storm)],
    };
    expect(look([quiet, stormy])).to.include({ kind: "go on" });
  });

  it("counts evidence of several steps together", () => {
    const step = (wrong: number) => ({
      old: calls(900),
      candidate: [...calls(100 - wrong), ...calls(wrong, { code: "INTERNAL" })],
    });
    expect(look([step(3)])).to.include({ kind: "wait" });
    expect(look([step(3), step(3)])).to.include({ kind: "return" });
  });

  it("takes back one that turns slow, and says by whose measure", () => {
    const window = { old: calls(900), candidate: [...calls(20), ...calls(40, { durationMs: 400 })] };
    const { kind, why } = look([window]);
    expect(kind).to.equal("return");
    expect(why).to.match(/GetBerth takes longer than 65 ms in 40 of 40 .* 0 of 900 .* percentile is 5 ms/);
  });

  it("bears with a cold start, with one in ten that is slow, and with streams that last", () => {
    const cold = { old: calls(900), candidate: [...calls(20, { durationMs: 900 }), ...calls(80)] };
    const some = { old: calls(900), candidate: [...calls(90), ...calls(10, { durationMs: 900 })] };
    const method = "/harbour/Watch";
    const long = { old: calls(900, { method }), candidate: calls(100, { method, durationMs: 60_000 }) };
    for (const window of [cold, some, long]) expect(look([window])).to.include({ kind: "wait" });
  });

  it("does not begin the cold start anew with each step", () => {
    const warm = { old: calls(900), candidate: calls(20) };
    const slow = { old: calls(90), candidate: calls(30, { durationMs: 400 }) };
    expect(look([slow])).to.include({ kind: "wait" });
    expect(look([warm, slow])).to.include({ kind: "return" });
  });

  it("waits for as many calls as the candidate must have answered, however long that takes", () => {
    const window = { old: calls(4_000), candidate: calls(499) };
    const verdict = look([window], { heldMs: 100_000 });
    expect(verdict).to.deep.equal({ kind: "wait", why: "499 of 500 calls of its own answered" });
    expect(look([{ old: calls(4_000), candidate: calls(500) }])).to.include({ kind: "go on" });
  });

  it("waits for twice as many while it is in doubt", () => {
    const doubtful = (count: number) => ({
      old: calls(9 * count),
      candidate: [...calls(count - 4), ...calls(4, { code: "INTERNAL" })],
    });
    expect(look([doubtful(500)]).why).to.match(/by chance: .*INTERNAL in 4 of 500/);
    expect(look([doubtful(1_000)])).to.include({ kind: "go on" });
  });

  it("goes on after the longest time, and when nobody calls, and says how little that shows", () => {
    const few = { old: calls(300), candidate: calls(3) };
    expect(look([few], { heldMs: 120_000 })).to.deep.equal({
      kind: "go on",
      why: "3 of 500 calls answered in 120 s, and nothing speaks against it",
    });
    expect(look([few], { heldMs: 11_000, silentMs: 10_500 }).why).to.contain("nobody has called for 10 s");
    expect(look([few], { heldMs: 11_000, silentMs: 2_000 })).to.include({ kind: "wait" });
  });

  it("does not wait when the candidate is in trouble", () => {
    const trouble = "berth-2 ended (signal SIGKILL)";
    expect(look([], { trouble, heldMs: 0 })).to.deep.equal({ kind: "return", why: trouble });
  });
});
