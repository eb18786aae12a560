import { expect } from "chai";
import { wrongLevels } from "../../proof/rollout/visitors/stock-streams.js";

describe("a stream of stock of which one piece is bought at a time", () => {
  const level = (onHand: number, held: number, sold: number) => ({
    item: "items/a",
    onHand: String(onHand),
    held: String(held),
    sold: String(sold),
  });
  /** Reserved, reserved, sold, released. */
  const told = [level(5, 0, 0), level(5, 1, 0), level(5, 2, 0), level(4, 1, 1), level(4, 0, 1)];
  const wrong = (levels: typeof told) => wrongLevels("a stream", levels).map(({ harm }) => harm);

  it("is right when each message is the next one", () => {
    expect(wrong(told)).to.deep.equal([]);
  });

  it("is wrong when any message is left out", () => {
    for (const left of [1, 2, 3]) expect(wrong(told.filter((_, at) => at !== left))).to.deep.equal(["lost"]);
  });

  it("is wrong when any message is told twice, or again later", () => {
    for (const twice of told.keys())
      expect(wrong(told.flatMap((each, at) => (at === twice ? [each, each] : [each])))).to.deep.equal([
        "double",
      ]);
    expect(wrong([...told, ...told.slice(2)])).to.deep.equal(["lost"]);
  });
});
