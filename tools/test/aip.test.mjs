import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { aipFaults, canLintByAip, EXCEPTIONS } from "../contract/aip.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const THIRD_PARTY = join(ROOT, "third_party");
// Go fetches and builds the linter the first time.
const BUILD_MS = 480_000;

describe("The contract by google.aip.dev", () => {
  before(function () {
    if (canLintByAip()) return;
    for (const test of this.test?.parent?.tests ?? []) test.title += " (skipped: go is not there)";
    this.skip();
  });

  /** @type {import("@theseus/testing").ScratchFolder} */
  let folder;
  beforeEach(() => {
    folder = createScratchFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  it("keeps to every rule but those that are argued", () => {
    expect(aipFaults(join(ROOT, "proto"), THIRD_PARTY)).to.deep.equal([]);
  }).timeout(BUILD_MS);

  it("argues no rule that it keeps", () => {
    const none = folder.file("none.yaml", "[]\n");
    const broken = new Set(
      aipFaults(join(ROOT, "proto"), THIRD_PARTY, none).map(
        (fault) => / (core::[^:]+::[^:]+): /.exec(fault)?.[1],
      ),
    );
    const argued = readFileSync(EXCEPTIONS, "utf8").match(/core::[\w-]+::[\w-]+/g) ?? [];
    expect([...new Set(argued)].filter((rule) => !broken.has(rule))).to.deep.equal([]);
  }).timeout(BUILD_MS);

  it("is told of a method that departs from them", () => {
    const proto = join(folder.path, "proto");
    cpSync(join(ROOT, "proto"), proto, { recursive: true });
    const file = join(proto, "theseus/inventory/v1/inventory_service.proto");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('body: "reservation"', 'body: "*"'));
    expect(aipFaults(proto, THIRD_PARTY).join()).to.match(
      /inventory_service\.proto:\d+ core::0133::http-body/,
    );
  }).timeout(BUILD_MS);
});
