import { expect } from "chai";
import { explore } from "./explore.js";
import { markModel, type Shortcut } from "./mark-model.js";

describe("the marks of unfinished work", () => {
  it("lead a recovery to every open payment, whoever is gone when", () => {
    const { violation, stuck, states } = explore(markModel());
    expect(violation?.what, violation?.trace.join("\n")).to.equal(undefined);
    expect(stuck).to.equal(0);
    expect(states).to.be.greaterThan(1000);
  });

  const shortcuts: readonly Shortcut[] = ["mark after the intent", "orphan removed without taking its place"];
  for (const shortcut of shortcuts) {
    it(`would not with: ${shortcut}`, () => {
      expect(explore(markModel(shortcut)).violation).to.not.equal(undefined);
    });
  }
});
