import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { topology } from "../src/topology.js";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));

/** Where the shop's own names belong, or do no harm. */
const allowed = [
  /^(services|proto|shop)\/|^buf\.yaml$|^docker-compose\.yml$/,
  /^conformance\/(cases|mutants|worlds)\//,
  // For people, and made from the contract.
  /\.md$|^docs\/openapi\.json$|^package-lock\.json$/,
  // What tests play with.
  /(^|\/)test\/|^testing\//,
];

/** Everyday words here too (an end user, a provider of tokens): found only in instances, flags, paths and packages. */
const everyday = ["user", "provider"];

describe("the names of the shop's services", () => {
  const parties = [...topology.workloads, ...topology.externals].filter(({ implementations }) =>
    // The gateway is no service of the shop's: it fits any contract.
    implementations.startsWith("services/"),
  );
  const patterns = parties.flatMap(({ name, services }) => [
    ...(everyday.includes(name) ? [] : [new RegExp(name, "i")]),
    new RegExp(`\\b${name}(-\\d|=)`),
    new RegExp(`(services/|@?theseus[./_-])${name}\\b`),
    ...services.map((service) => new RegExp(`\\b${service.split(".").at(-1)}\\b`)),
  ]);
  let found: readonly string[];

  before(function () {
    const args = ["ls-files", "--cached", "--others", "--exclude-standard"];
    if (!existsSync(join(checkout, ".git"))) {
      for (const test of this.test?.parent?.tests ?? []) test.title += " (skipped: this is no git checkout)";
      return this.skip();
    }
    const files = execFileSync("git", args, { cwd: checkout, encoding: "utf8" }).trim().split("\n");
    // A file that was removed and not committed yet is listed still.
    found = files.filter((file) => existsSync(join(checkout, file)) && !fits(file, allowed)).flatMap(named);
  });

  it("stand nowhere but in the shop's own places", () => {
    expect(found, found.join("\n")).to.deep.equal([]);
  });

  /** `file:line: text` of each line that has a name. */
  function named(file: string): readonly string[] {
    const lines = readFileSync(join(checkout, file), "utf8").split("\n");
    return lines.flatMap((line, index) =>
      fits(line, patterns) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
    );
  }
});

function fits(text: string, patterns: readonly RegExp[]): boolean {
  return patterns.some((pattern) => pattern.test(text));
}
