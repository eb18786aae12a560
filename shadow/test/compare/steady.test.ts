import { expect } from "chai";
import type { Answer } from "../../src/ask/answer.js";
import { differencesOf } from "../../src/compare/differences.js";
import { compareSteadily } from "../../src/compare/steady.js";
import { methodNamed } from "../contract.js";

const getItem = methodNamed("inventory.v1.InventoryService/GetItem");

/** Titles that one side answers, one after the other; undefined where nobody answers. */
type Titles = readonly (string | undefined)[];

describe("compareSteadily", () => {
  async function verdict(old: Titles, candidate: Titles): Promise<string> {
    const found = await compareSteadily({
      askOld: answering(old),
      askCandidate: answering(candidate),
      compare: (a, b) => differencesOf(getItem, a, b),
    });
    return found.kind === "different" ? `different: ${[...found.differences.keys()].join()}` : found.kind;
  }

  it("calls the same equal, after each was asked once", async () => {
    expect(await verdict(["A"], ["A"])).to.equal("equal");
  });

  it("calls different what differs each time while the old side stays as it is", async () => {
    expect(await verdict(["A", "A", "A"], ["B", "B", "B"])).to.equal("different: ok.title");
  });

  it("calls it noise when somebody has written between the two", async () => {
    expect(await verdict(["A", "B"], ["B", "B"])).to.equal("noise");
    expect(await verdict(["A", "A", "B"], ["B", "B", "B"])).to.equal("noise");
  });

  it("calls it noise when the candidate answers as the old side the next time", async () => {
    expect(await verdict(["A", "A"], ["B", "A"])).to.equal("noise");
  });

  it("says nothing of the candidate when the old side is not there", async () => {
    expect(await verdict([undefined], [])).to.equal("unanswered");
    expect(await verdict(["A", undefined], ["B"])).to.equal("unanswered");
  });
});

function answering(titles: Titles): () => Promise<Answer> {
  const left = [...titles];
  return async () => {
    if (left.length === 0) throw new Error("it is asked once more than it has to be");
    const title = left.shift();
    if (title === undefined) return { messages: [], refusal: { status: "UNAVAILABLE", metadata: {} } };
    return { messages: [{ title }] };
  };
}
