import { expect } from "chai";
import { wrongPaymentWatches, wrongStockWatch } from "../../proof/invariants/watches.js";
import { soundRun } from "./sound-run.js";

describe("the invariants of watches that were cut", () => {
  const event = (sequence: number) => ({
    id: `t${sequence}`,
    data: { event: { sequence: String(sequence) } },
  });
  const watch = (...sequences: readonly number[]) => {
    const { facts } = soundRun();
    const followed = { payment: "payments/paid", events: sequences.map(event), resumed: 1, refusals: [] };
    return wrongPaymentWatches([followed], facts).map(({ harm, detail }) => `${harm}: ${detail}`);
  };

  it("hold when each event of a payment was told once", () => {
    expect(watch(1, 2, 3, 4)).to.deep.equal([]);
  });

  it("find an event that was told twice, left out, or that is not there", () => {
    expect(watch(1, 2, 2, 3, 4)).to.deep.equal([
      "double: its watch told the events 1 2 2 3 4",
      "lost: its watch told 5 events, and there are fewer",
    ]);
    expect(watch(1, 3, 4)).to.deep.equal(["lost: its watch told the events 1 3 4"]);
    expect(watch(1, 2, 3, 4, 5)).to.deep.equal(["lost: its watch told 5 events, and there are fewer"]);
  });

  it("find a resume token that was not taken", () => {
    const refused = { payment: "payments/paid", events: [], resumed: 1, refusals: ["RESUME_TOKEN_INVALID"] };
    expect(wrongPaymentWatches([refused], soundRun().facts)).to.have.lengthOf(1);
  });

  const change = (id: string) => ({
    id,
    data: { level: { item: "items/oar", onHand: "5", held: id, sold: "0" } },
  });
  const stock = (told: readonly string[], read: readonly string[]) => {
    const again = { events: read.map(change), resumed: 0, refusals: [] };
    return wrongStockWatch({ events: told.map(change), resumed: 1, refusals: [], again }).map(
      ({ harm }) => harm,
    );
  };

  it("hold when a cut watch of stock told what an uncut one tells", () => {
    expect(stock(["1", "2", "3"], ["1", "2", "3"])).to.deep.equal([]);
  });

  it("find a change of stock that was told twice or left out", () => {
    expect(stock(["1", "2", "2", "3"], ["1", "2", "3", "4"])).to.deep.equal(["double"]);
    expect(stock(["1", "3"], ["1", "2"])).to.deep.equal(["lost"]);
    expect(stock(["1", "2"], ["1"])).to.deep.equal(["lost"]);
  });
});
