import { expect } from "chai";
import { rejectionOf, settled } from "../src/index.js";

describe("settled", () => {
  it("gives what is seen when nothing changes any more", async () => {
    let count = 0;
    const step = () => {
      count += 1;
      if (count < 1000) setImmediate(step);
    };
    step();
    expect(await settled("the count stands", () => count)).to.equal(1000);
  });

  it("compares by value", async () => {
    expect(await settled("the list stands", () => [1, 2])).to.deep.equal([1, 2]);
  });

  it("says what still changed when the time is over", async () => {
    let count = 0;
    const { message } = await rejectionOf(settled("the count stands", () => count++, { withinMs: 30 }));
    expect(message).to.match(
      /^not within 0.03 s: the count stands; seen last: \{ changed: \{ from: \d+, to: \d+ \} \}$/,
    );
  });
});
