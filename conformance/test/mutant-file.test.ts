import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Faults } from "@theseus/runtime/schema";
import { createScratchFolder, type ScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import type { Mutant } from "../src/mutants/mutant.js";
import { readMutants } from "../src/mutants/mutant-file.js";
import { patchedTexts } from "../src/mutants/patched-implementation.js";
import { findWorld, servicesWithWorlds } from "../src/run/find-world.js";
import { loadSuite } from "../src/run/load-suite.js";
import { assertNoFaults, SuiteFileError } from "../src/schema/suite-file-error.js";

const folder = fileURLToPath(new URL("../..", import.meta.url));
const checkout = join(folder, "..");
const services = servicesWithWorlds();

function loadMutants(place: string): readonly Mutant[] {
  const faults = new Faults();
  const mutants = readMutants(place, faults);
  assertNoFaults(faults);
  return mutants;
}

describe("the mutants of the suite", () => {
  const mutants = loadMutants(join(folder, "mutants"));

  it("are more than forty, of every service", () => {
    expect(mutants.length).to.be.above(40);
    expect([...new Set(mutants.map(({ service }) => service))].sort()).to.deep.equal([...services].sort());
  });

  it("name cases that there are, and for each mutant one that kills it", async () => {
    for (const service of services) {
      const known = loadSuite(folder, service, await findWorld(service)).cases.map(({ name }) => name);
      for (const { name, killedBy, healthy } of mutants.filter((each) => each.service === service)) {
        expect(killedBy, name).to.not.be.empty;
        expect(known, name).to.include.members([healthy, ...killedBy]);
        expect(killedBy, name).to.not.include(healthy);
      }
    }
  });

  it("patch texts that are there", () => {
    for (const each of mutants) expect(() => patchedTexts(checkout, each), each.name).to.not.throw();
  });
});

describe("a file of mutants", () => {
  let place: ScratchFolder;

  beforeEach(() => {
    place = createScratchFolder();
  });

  afterEach(() => place[Symbol.dispose]());

  const faults = (mutants: string): readonly string[] => {
    place.file("payment.yaml", `service: payment\nhealthy: payment/a/b\nmutants:\n${mutants}`);
    try {
      loadMutants(place.path);
      return [];
    } catch (error) {
      if (error instanceof SuiteFileError) return error.faults;
      throw error;
    }
  };

  it("is read with the case that its mutants pass", () => {
    expect(
      faults("  - { mutant: payment/a, breaks: It., wrapper: details-missing, killed-by: [payment/c/d] }\n"),
    ).to.deep.equal([]);
    expect(loadMutants(place.path)).to.containSubset([
      {
        name: "payment/a",
        healthy: "payment/a/b",
        killedBy: ["payment/c/d"],
        place: "mutants/payment.yaml:4",
      },
    ]);
  });

  it("tells all that is wrong with it at once, by line", () => {
    const told = faults(
      [
        "  - { mutant: stock/a, wrapper: details-missing, killed-by: [payment/c/d] }",
        "  - { mutant: payment/b, breaks: It., wrapper: details-mising, killed-by: [payment/c/d] }",
        "  - { mutant: payment/c, breaks: It., wrapper: field-ignored, with: { fields: a }, killed-by: [payment/c/d] }",
        "  - { mutant: payment/d, breaks: It., killed: [payment/c/d] }",
        "  - mutant: payment/e",
        "    breaks: It.",
        "    patch: { in: service/saga.js, find: a, putt: b }",
        "    killed-by: [payment/c/d]",
        "  - { mutant: payment/f, breaks: It., wrapper: details-missing, with: { field: a } }",
        "  - { mutant: payment/f, breaks: It., wrapper: details-missing, with: { only: [A] } }",
        "",
      ].join("\n"),
    );
    expect(told).to.have.members([
      'mutants/payment.yaml:4: "breaks" is missing',
      'mutants/payment.yaml:5: "wrapper" cannot be "details-mising"; did you mean "details-missing"?',
      'mutants/payment.yaml:6: "fields" is not a key here; did you mean "field"?',
      'mutants/payment.yaml:6: "field" is missing',
      'mutants/payment.yaml:7: "killed" is not a key here: there are mutant, breaks, patch, wrapper, with, killed-by, beyond-answers, healthy',
      "mutants/payment.yaml:7: it must have one of patch, wrapper",
      'mutants/payment.yaml:10: "putt" is not a key here; did you mean "put"?',
      'mutants/payment.yaml:10: "put" is missing',
      'mutants/payment.yaml:12: "field" is not a key here: there are only',
      "mutants/payment.yaml:13: there is another mutant payment/f",
    ]);
  });

  it("has the mutants of one service", () => {
    const [fault] = faults("  - { mutant: stock/a, breaks: It., wrapper: details-missing }\n");
    expect(fault).to.equal("mutants/payment.yaml:4: the name must begin with payment/");
  });
});
