import type { Clock } from "@theseus/kit";
import { expect } from "chai";
import { createRecoveryQueue, type RecoveryQueue } from "../src/drive/recovery-queue.js";
import type { Marker } from "../src/store/payment-store.js";

describe("the order of recovery", () => {
  let nowMs: number;
  let queue: RecoveryQueue;
  beforeEach(() => {
    nowMs = 1_000_000;
    const clock: Clock = { now: () => new Date(nowMs) };
    queue = createRecoveryQueue(clock);
  });

  function markOf(payment: string, ageMs = 0, sequence = 1): Marker {
    return { payment, sequence, time: new Date(1_000_000 - ageMs) };
  }

  function takeAll(): string[] {
    const taken: string[] = [];
    for (let marker = queue.take(); marker; marker = queue.take()) taken.push(marker.payment);
    return taken;
  }

  /** Takes up what there is, again and again, without an answer. */
  function fail(times: number): void {
    for (let at = 0; at < times; at++) {
      for (let taken = takeAll(); taken.length > 0; taken = takeAll())
        for (const payment of taken) queue.giveBack(payment, { done: false });
      nowMs += 30_000;
    }
  }

  const many = (count: number, name = "stuck") =>
    Array.from({ length: count }, (_, at) => markOf(`${name}${at}`));

  it("is by age for payments that were not taken up yet, eight at once", () => {
    const marks = Array.from({ length: 10 }, (_, at) => markOf(`p${at}`, at));
    queue.put(marks);
    expect(takeAll()).to.deep.equal(["p9", "p8", "p7", "p6", "p5", "p4", "p3", "p2"]);
    queue.giveBack("p9", { done: true });
    expect(takeAll()).to.deep.equal(["p1"]);
  });

  it("keeps places for new payments, however many got no answer before", () => {
    queue.put(many(200));
    fail(1);
    expect(takeAll()).to.have.length(4);
    queue.put([...many(200), markOf("new")]);
    expect(takeAll()).to.deep.equal(["new"]);
  });

  it("begins with those that were put off the fewest times", () => {
    queue.put(many(200));
    fail(5);
    queue.put([...many(200), markOf("unlucky")]);
    expect(queue.take()?.payment).to.equal("unlucky");
    queue.giveBack("unlucky", { done: false });
    nowMs += 1000;
    expect(queue.take()?.payment).to.equal("unlucky");
  });

  it("comes to everybody who waits", () => {
    queue.put(many(20));
    fail(6);
    const seen = new Set<string>();
    for (let taken = takeAll(); taken.length > 0; taken = takeAll())
      for (const payment of taken) {
        seen.add(payment);
        queue.giveBack(payment, { done: false });
      }
    expect(seen.size).to.equal(20);
  });

  it("puts a payment off for 1, 2, 4 … 30 s", () => {
    queue.put([markOf("p")]);
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      expect(takeAll()).to.deep.equal(["p"]);
      queue.giveBack("p", { done: false });
      nowMs += seconds * 1000 - 1;
      expect(takeAll()).to.deep.equal([]);
      nowMs += 1;
    }
  });

  it("takes a payment up by its first mark, and not twice at once", () => {
    queue.put([markOf("p", 0, 5), markOf("p", 10, 1)]);
    expect(queue.take()?.sequence).to.equal(1);
    queue.put([markOf("p", 0, 5)]);
    expect(queue.take()).to.equal(undefined);
  });

  it("forgets payments that have no mark any more", () => {
    queue.put([markOf("p")]);
    fail(3);
    queue.put([]);
    queue.put([markOf("p"), ...many(8)]);
    expect(takeAll()).to.include("p");
  });
});
