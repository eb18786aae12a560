import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { GATEWAY_REASONS } from "../../gateway/dist/src/errors/gateway-error.js";
import { topology } from "../../shop/dist/src/topology.js";
import { workspaces } from "../checkout/workspaces.mjs";
import { errorReasons, errorsPage } from "../docs/errors.mjs";

/**
 * What reads variables that several processes have, the file that names them, and others that a library reads.
 * @type {readonly (readonly [string, string, ...string[]])[]}
 */
const GROUPS = [
  ["identityVariables", "kit/src/server/identity-variables.ts"],
  ["telemetryVariables", "kit/src/telemetry/telemetry-variables.ts", "OTEL_RESOURCE_ATTRIBUTES"],
];
const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

describe("docs/errors.md", () => {
  it("is what the contract and the gateway say (else: npm run docs)", () => {
    expect(readFileSync(join(ROOT, "docs/errors.md"), "utf8")).to.equal(errorsPage(ROOT));
  });

  it("explains every reason, and names who answers it", () => {
    for (const { name, meaning, answeredBy } of errorReasons(ROOT)) {
      expect(meaning, name).to.match(/^[A-Z].*\.$/);
      expect(answeredBy, `${name} is answered by nobody`).not.to.deep.equal([]);
    }
  });

  it("gives each refusal of the gateway the code that the contract gives its reason", () => {
    const codes = Object.fromEntries(errorReasons(ROOT).map(({ name, code }) => [name, code]));
    for (const [name, { code }] of Object.entries(GATEWAY_REASONS)) expect(codes[name], name).to.equal(code);
  });
});

describe("docs/launch-protocol.md", () => {
  const processes = workspaces(ROOT).filter((folder) => folder.startsWith("services/"));
  for (const folder of processes) {
    const name = folder.split("/")[1] ?? "";
    it(`names every variable that ${name} reads, and no other`, () => {
      const config = variablesIn(join(folder, "src/config.ts"));
      const groups = GROUPS.filter(([reader]) => config.source.includes(`${reader}(`)).flatMap(
        ([, file, ...others]) => [...variablesIn(file).names, ...others],
      );
      expect([...new Set([...config.names, ...groups])].sort()).to.deep.equal(documentedVariables(name));
    });
  }

  /** @param {string} file */
  function variablesIn(file) {
    const source = readFileSync(join(ROOT, file), "utf8");
    const names = [...source.matchAll(/"([A-Z]+(?:_[A-Z]+)*)"/g)].map(([, name]) => name);
    const files = [...source.matchAll(/orPrivateFile\([^"]*"([A-Z_]+)"/g)].map(([, name]) => `${name}_FILE`);
    return { source, names: [...names, ...files] };
  }

  for (const { name, variables } of [...topology.workloads, ...topology.externals]) {
    it(`names every variable that the shop hands to ${name}, and none that it must have besides`, () => {
      const handed = ["LISTEN", "LOG_LEVEL", ...Object.keys(variables)];
      expect(documentedVariables(name)).to.include.members(handed);
      expect(handed).to.include.members(documentedVariables(name, /optional/));
    });
  }

  /**
   * @param {string} process
   * @param {RegExp} [without]  rows that do not count
   */
  function documentedVariables(process, without = /^$/) {
    const page = readFileSync(join(ROOT, "docs/launch-protocol.md"), "utf8");
    const rows = [...page.matchAll(/^\| (`[A-Z_`, ]+`) \| ([^|]+) \|/gm)];
    const own = rows.filter(
      ([, , who = ""]) =>
        !without.test(who) &&
        (who.startsWith("all") || who.split(/,\s*/).includes(process) || who.startsWith(process)),
    );
    return own.flatMap(([, names = ""]) => [...names.matchAll(/[A-Z_]+/g)].map(([found]) => found)).sort();
  }
});

describe("docs/differences.md", () => {
  it("names cases that there are", () => {
    const page = readFileSync(join(ROOT, "docs/differences.md"), "utf8");
    const folders = readdirSync(join(ROOT, "conformance/cases"));
    const patterns = [...page.matchAll(/`((\w+)\/[^`]+)`/g)]
      .filter(([, , folder = ""]) => folders.includes(folder))
      .map(([, name = ""]) => name);
    const names = caseNames();
    expect(patterns).not.to.deep.equal([]);
    expect(patterns.filter((pattern) => !names.some((name) => fits(name, pattern)))).to.deep.equal([]);
  });

  function caseNames() {
    const folder = join(ROOT, "conformance/cases");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".yaml"),
    );
    return files.flatMap((file) =>
      [...readFileSync(join(folder, file), "utf8").matchAll(/^- case: (\S+)$/gm)].map(
        ([, name = ""]) => name,
      ),
    );
  }

  /**
   * @param {string} name
   * @param {string} pattern
   */
  function fits(name, pattern) {
    return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  }
});
