import { randomInt } from "node:crypto";
import { expect } from "chai";
import { proveFaults } from "../../proof/faults.js";
import { shop } from "./root-hooks.js";

const seed = Number(process.env.PROOF_SEED ?? randomInt(2 ** 31));

describe("the shop under random faults", () => {
  it(`loses nothing that was acknowledged, and charges nobody twice (PROOF_SEED=${seed})`, async () => {
    const seen: string[] = [];
    const report = (line: string) => void seen.push(line);
    const figures = await proveFaults(shop(), { seed, durationMs: 40_000, hangs: false, report });
    const said = `${seen.join("\n")}\n${JSON.stringify(figures.answers)}`;
    expect(figures.violations, said).to.deep.equal([]);
    expect(figures.answers, said).to.not.have.property("401 TOKEN_INVALID");
    expect(figures.paid, said).to.be.above(0);
    expect(figures.watches.stockChanges, said).to.be.above(0);
  }).timeout(600_000);
});
