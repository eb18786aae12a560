import { expect } from "chai";
import { evenGaps, poissonGaps } from "../../src/load/gaps.js";
import { type LoopClock, startInOpenLoop } from "../../src/load/open-loop.js";
import { createRandom } from "../../src/load/random.js";

/** Time that passes when it is waited for. */
function playedClock(): LoopClock & { nowMs: number } {
  const clock = {
    nowMs: 0,
    now: () => clock.nowMs,
    until: async (atMs: number) => {
      clock.nowMs = Math.max(clock.nowMs, atMs);
    },
  };
  return clock;
}

const never = new AbortController().signal;
const gaps = evenGaps(10);

describe("an open loop", () => {
  it("starts each when it is due, though none has ended", async () => {
    const due: number[] = [];
    const ends: (() => void)[] = [];
    const loop = startInOpenLoop(
      (dueMs) => {
        due.push(dueMs);
        return new Promise<void>((resolve) => ends.push(resolve));
      },
      { gaps, forMs: 500, signal: never, clock: playedClock() },
    );
    let isOver = false;
    void loop.then(() => {
      isOver = true;
    });
    await new Promise(setImmediate);
    expect(due).to.eql([100, 200, 300, 400]);
    expect(isOver).to.equal(false);
    for (const end of ends) end();
    await loop;
  });

  it("tells when one was due that starts late, and leaves none out", async () => {
    const clock = playedClock();
    const lateMs: number[] = [];
    const start = async (dueMs: number) => {
      lateMs.push(clock.nowMs - dueMs);
      // The machine stands still for a quarter of a second.
      if (lateMs.length === 1) clock.nowMs += 250;
    };
    await startInOpenLoop(start, { gaps, forMs: 550, signal: never, clock });
    expect(lateMs).to.eql([0, 150, 50, 0, 0]);
  });

  it("starts none beyond its bound, and tells each that it left out", async () => {
    const started: number[] = [];
    const full: number[] = [];
    const ends: (() => void)[] = [];
    const start = (dueMs: number) => {
      started.push(dueMs);
      if (started.length > 2) return Promise.resolve();
      return new Promise<void>((resolve) => ends.push(resolve));
    };
    const told = async (dueMs: number) => {
      full.push(dueMs);
      if (full.length === 2) ends.pop()?.();
    };
    const clock = playedClock();
    const { until } = clock;
    clock.until = async (atMs, signal) => {
      await until(atMs, signal);
      await new Promise(setImmediate);
    };
    const loop = startInOpenLoop(start, { gaps, forMs: 650, signal: never, clock, most: 2, full: told });
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const end of ends) end();
    await loop;
    expect(started).to.eql([100, 200, 500, 600]);
    expect(full).to.eql([300, 400]);
  });

  it("begins nothing more once it is told to stop", async () => {
    const over = new AbortController();
    const started: number[] = [];
    const start = async (dueMs: number) => {
      if (started.push(dueMs) === 3) over.abort();
    };
    await startInOpenLoop(start, { gaps, signal: over.signal, clock: playedClock() });
    expect(started).to.eql([100, 200, 300]);
  });

  it("ends with what one of them throws, once the others have ended", async () => {
    let ended = 0;
    const start = async (dueMs: number) => {
      if (dueMs === 200) throw new Error("this one");
      await new Promise(setImmediate);
      ended++;
    };
    const loop = startInOpenLoop(start, { gaps, forMs: 450, signal: never, clock: playedClock() });
    const error = await loop.catch((reason: Error) => reason);
    expect(error).to.be.an("error").with.property("message", "this one");
    expect(ended).to.equal(3);
  });
});

describe("arrivals by chance", () => {
  it("are the same for the same seed, and have their rate", () => {
    const take = (seed: number) => {
      const gap = poissonGaps(20, createRandom(seed));
      return Array.from({ length: 20_000 }, gap);
    };
    const [first, again, other] = [take(7), take(7), take(8)];
    expect(again).to.eql(first);
    expect(other).not.to.eql(first);
    const mean = first.reduce((sum, each) => sum + each, 0) / first.length;
    expect(mean).to.be.within(48.5, 51.5);
    // Of exponential gaps 1/e are longer than their mean.
    const longer = first.filter((each) => each > 50).length / first.length;
    expect(longer).to.be.within(0.355, 0.38);
  });
});
