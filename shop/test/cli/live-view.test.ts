import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { LiveView } from "../../src/cli/live-view.js";

const sequence = "\u001b[";

/** A terminal that remembers what is to be seen. */
function terminal(columns = 20) {
  let lines: string[] = [""];
  const write = (text: string) => {
    const isErasing = text.startsWith(sequence);
    const [head = "", ...parts] = isErasing ? text.slice(sequence.length).split(`A${sequence}J`) : ["", text];
    const rest = parts.join("");
    if (isErasing) lines = [...lines.slice(0, lines.length - 1 - Number(head)), ""];
    lines = [...lines.slice(0, -1), ...`${lines.at(-1)}${rest}`.split("\n")];
    return true;
  };
  const output = { isTTY: true, columns, write } as unknown as NodeJS.WriteStream;
  return { output, seen: () => lines.slice(0, -1) };
}

describe("the view of what is under way", () => {
  it("stays below the lines that stay, and is gone in the end", async () => {
    const { output, seen } = terminal();
    let state: string | undefined = "10 %\nwaits";
    {
      await using view = new LiveView(output, async () => state);
      view.print("begins");
      await eventually("it is shown", () => seen().length === 3);
      view.print("goes on");
      expect(seen()).to.deep.equal(["begins", "goes on"]);
      state = "50 % of all the calls that there are";
      await eventually("it changes", () => seen().length === 3);
      expect(seen().at(-1)).to.equal("50 % of all the cal");
    }
    expect(seen()).to.deep.equal(["begins", "goes on"]);
  });

  it("is whole on a terminal that does not know its size", async () => {
    const { output, seen } = terminal(0);
    await using _ = new LiveView(output, async () => "50 % of all the calls that there are");
    await eventually("it is shown", () => seen().length === 1);
    expect(seen()).to.deep.equal(["50 % of all the calls that there are"]);
  });

  it("leaves the terminal to a question", async () => {
    const { output, seen } = terminal();
    await using view = new LiveView(output, async () => "waits");
    await eventually("it is shown", () => seen().length === 1);
    let during: readonly string[] = [];
    await view.pausedFor(async () => {
      during = seen();
    });
    expect(during).to.deep.equal([]);
    await eventually("it is back", () => seen().length === 1);
  });
});
