import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { UsageFault } from "../../src/fault.js";
import { readMix } from "../../src/load/mix-file.js";

const vocabulary = { people: ["sailor"], values: ["berth"], help: "The manual says what a mix may have." };

describe("a file of journeys", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const path = join(scratch.path, "mix.yaml");

  const read = (text: string) => {
    writeFileSync(path, text);
    return readMix(path, vocabulary);
  };
  const faults = (text: string): readonly string[] => {
    try {
      read(text);
    } catch (error) {
      if (!(error instanceof UsageFault)) throw error;
      expect(error.remedy).to.equal(vocabulary.help);
      expect(error.problem.split("\n")[0]).to.equal(`The mix in ${path} cannot be used:`);
      return error.problem
        .split("\n")
        .slice(1)
        .map((line) => line.trim().replace(`${path}:`, ""));
    }
    return [];
  };

  it("is read, in JSON too", () => {
    const journey = {
      name: "land",
      weight: 2,
      steps: [{ name: "look", call: `GET /v1/\${berth}`, keep: { pier: "name" } }],
    };
    const { journeys } = read(JSON.stringify({ journeys: [journey] }));
    const [step] = journeys[0]?.steps ?? [];
    expect(journeys[0]).to.include({ name: "land", weight: 2 });
    expect(step).to.deep.include({ method: "GET", path: `/v1/\${berth}`, keep: { pier: "name" } });
  });

  it("lets a step name what an earlier one has kept", () => {
    const steps = `
      - { name: a, call: GET /v1/a, keep: { pier: name } }
      - { name: b, call: "GET /v1/\${pier}", as: sailor }`;
    expect(faults(`journeys:\n  - name: land\n    weight: 1\n    steps:${steps}`)).to.eql([]);
  });

  const wrong: readonly (readonly [what: string, steps: string, fault: string])[] = [
    [
      "an unknown key",
      "{ name: a, call: GET /a, boddy: {} }",
      '5: "boddy" is not a key here; did you mean "body"?',
    ],
    [
      "a call without a path",
      "{ name: a, call: GET }",
      '5: "call" is a method and a path, such as GET /v1/things',
    ],
    ["a missing call", "{ name: a }", '5: "call" is missing'],
    [
      "a value that nothing has kept",
      `{ name: a, call: "GET /\${birth}" }`,
      `5: nothing is known as \${birth}; did you mean "berth"?`,
    ],
    [
      "a value inside a body",
      `{ name: a, call: POST /a, body: { lines: [{ of: "\${x}" }] } }`,
      `5: nothing is known as \${x}: there are berth`,
    ],
    [
      "somebody unknown",
      "{ name: a, call: GET /a, as: pirate }",
      '5: "as" cannot be "pirate": there are sailor',
    ],
    [
      "two tokens",
      `{ name: a, call: GET /a, as: sailor, token: "\${berth}" }`,
      '5: "as" and "token" exclude each other',
    ],
  ];
  for (const [what, step, fault] of wrong)
    it(`is refused with its line for ${what}`, () => {
      expect(faults(`journeys:\n  - name: land\n    weight: 1\n    steps:\n      - ${step}`)).to.eql([fault]);
    });

  it("is refused with all that is wrong at once", () => {
    const journey = (name: string, weight: string) =>
      `  - name: ${name}\n    weight: ${weight}\n    steps: [{ name: a, call: GET /a }]\n`;
    expect(faults(`journeys:\n${journey("land", "0")}${journey("land", "1.5")}`)).to.eql([
      '3: "weight" must be a whole number from 1 to 1000000',
      '6: "weight" must be a whole number from 1 to 1000000',
    ]);
    expect(faults(`journeys:\n${journey("land", "1")}${journey("land", "1")}`)).to.eql([
      '5: the name "land" is taken by an earlier one',
    ]);
    expect(faults("journeys: []")).to.eql(["1: a mix has a journey at least"]);
    expect(faults("journeys: [")).to.have.length(1);
  });

  it("that is not there is said so", () => {
    const none = join(scratch.path, "none.yaml");
    expect(() => readMix(none, vocabulary)).to.throw(UsageFault, `The mix in ${none} cannot be read`);
  });
});
