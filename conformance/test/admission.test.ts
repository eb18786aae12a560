import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Admission } from "../src/run/admission.js";

describe("the admission of cases", () => {
  const ms = () => performance.now();

  it("does all work, several at a time, and hands on what comes of it", async () => {
    const admission = new Admission(ms);
    let running = 0;
    let most = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, (_, n) =>
        admission.admit(async () => {
          running += 1;
          most = Math.max(most, running);
          await sleep(400);
          running -= 1;
          if (n === 2) throw new Error("no");
          return n;
        }),
      ),
    );
    expect(results.map(({ status }) => status)).to.eql(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(most).to.be.above(1);
  });

  it("begins the first at once, and the next on a machine without time when it has waited long enough", async () => {
    const admission = new Admission(() => 0);
    const began: number[] = [];
    const asked = ms();
    const over = new AbortController();
    const work = async () => {
      began.push(ms() - asked);
      await sleep(60_000, undefined, { signal: over.signal }).catch(() => undefined);
    };
    const both = [admission.admit(work), admission.admit(work)];
    while (began.length < 2) await sleep(10);
    over.abort();
    await Promise.all(both);
    expect((began[1] ?? 0) - (began[0] ?? 0)).to.be.at.least(450);
  });
});
