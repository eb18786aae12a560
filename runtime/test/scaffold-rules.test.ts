import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { UsageFault } from "../src/fault.js";
import {
  languages,
  type NewImplementation,
  newImplementation,
  renderTemplate,
} from "../src/scaffold/index.js";
import type { SystemTopology } from "../src/system/topology.js";
import { fleet } from "./fleet.js";

describe("a new implementation", () => {
  let checkout: string;

  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), "theseus-new-"));
  });
  afterEach(() => rmSync(checkout, { recursive: true }));

  const wrong: readonly (readonly [string, Partial<NewImplementation>, RegExp])[] = [
    ["service", { service: "raft" }, /no service "raft".*\n.*ship, chart, lighthouse/],
    ["store", { service: "lighthouse" }, /no skeleton for lighthouse.*\n.*on a store of their own/],
    ["language", { language: "cobol" }, /no language "cobol".*\n.*go, java, python, rust, typescript/],
    ["place", { folder: "/tmp/elsewhere" }, /no place.*\n.*fleet\/ship\/<name>/],
    ["name", { folder: "fleet/ship/Go" }, /no place/],
  ];
  for (const [what, change, words] of wrong) {
    it(`is refused for a wrong ${what}, and nothing is written`, () => {
      const given = { checkout, topology: fleet, service: "ship", language: "go", ...change };
      expect(() => newImplementation(given)).to.throw(UsageFault, words);
      expect(readdirSync(checkout)).to.deep.equal([]);
    });
  }

  it("never replaces a folder", () => {
    const folder = newImplementation({ checkout, topology: fleet, service: "ship", language: "go" });
    const files = readdirSync(folder);
    const again = () => newImplementation({ checkout, topology: fleet, service: "ship", language: "go" });
    expect(again).to.throw(UsageFault, /exists.*\n.*--dir/);
    expect(readdirSync(folder)).to.deep.equal(files);
    expect(readdirSync(join(folder, ".."))).to.deep.equal(["go"]);
  });

  it("is named as its folder is", () => {
    const folder = join(checkout, "fleet/ship/second");
    newImplementation({ checkout, topology: fleet, service: "ship", language: "python", folder });
    expect(existsSync(join(folder, "src/theseus_ship/service.py"))).to.equal(true);
  });
});

describe("a template", () => {
  const values = { name: "x" };
  const render = (template: string, ...facts: string[]) =>
    renderTemplate(template, { values, facts: new Set(facts) });

  it("has values and parts that depend on facts", () => {
    const template =
      "{{name}}\n{{#redis}}\na\n{{/redis}}\n{{^redis}}\nb\n{{/redis}}\n[{{#redis}}c{{/redis}}]\n";
    expect(render(template, "redis", "MESH")).to.equal("x\na\n[c]\n");
    expect(render(template, "MESH")).to.equal("x\nb\n[]\n");
  });

  it("has parts for any of several facts", () => {
    const template = "[{{#MESH|KEYS}}a{{/MESH|KEYS}}{{#MESH}}b{{/MESH}}]";
    expect(render(template, "KEYS")).to.equal("[a]");
    expect(render(template, "redis")).to.equal("[]");
  });

  it("is wrong with a name that has no value", () => {
    expect(() => render("{{nobody}}")).to.throw("{{nobody}}");
  });
});

describe("a skeleton", () => {
  /** Every service can be told who its callers are; in TypeScript the kit reads it. */
  const callersIn = (language: string) =>
    language === "typescript" ? [] : ["TRUST_DOMAIN", "TOKEN_SUBJECT_PREFIX", "ADMIN_ROLE"];
  /** And whom to tell of its calls; likewise. */
  const telemetryIn = (language: string) =>
    language === "typescript"
      ? []
      : [
          "OTEL_EXPORTER_OTLP_ENDPOINT",
          "OTEL_BSP_SCHEDULE_DELAY",
          "OTEL_BLRP_SCHEDULE_DELAY",
          "OTEL_METRIC_EXPORT_INTERVAL",
        ];
  /** Where the skeleton does not read it, the SDK does. */
  const attributes = "OTEL_RESOURCE_ATTRIBUTES";
  /** What only a service that signs tokens is handed. */
  const signing = {
    TOKEN_ISSUER: { from: "identity", field: "tokenIssuer" },
    TOKEN_AUDIENCE: { from: "identity", field: "tokenAudience" },
    PASSWORD_COST: { from: "environment" },
  } as const;
  const signer: SystemTopology = {
    ...fleet,
    workloads: fleet.workloads.map((each) =>
      each.name === "chart" ? { ...each, variables: { ...each.variables, ...signing } } : each,
    ),
  };
  let checkout: string;
  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), "theseus-new-"));
  });
  afterEach(() => rmSync(checkout, { recursive: true }));

  for (const language of languages()) {
    it(`reads the variables that its service is handed, and no others, in ${language}`, () => {
      const read = (service: string, topology = fleet) => {
        const folder = newImplementation({ checkout, topology, service, language });
        const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
          /^config\.\w+$/i.test(entry.name),
        );
        const text = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8")).join();
        const names = [...text.matchAll(/"([A-Z]+(?:_[A-Z]+)+|MESH|LISTEN)"/g)].map(([, name]) => name);
        rmSync(folder, { recursive: true });
        return [...new Set(names)].filter((name) => name !== attributes).sort();
      };
      const common = [
        "LAUNCH_STANDBY_FILE",
        "LISTEN",
        "LOG_LEVEL",
        ...callersIn(language),
        ...telemetryIn(language),
      ];
      const known = (...names: string[]) => [...common, ...names].sort();
      // The kit adds the suffix to a name by itself.
      const store = (name: string) => (language === "typescript" ? [name] : [name, `${name}_FILE`]);
      expect(read("ship")).to.deep.equal(known("MESH", ...store("REDIS_URL")));
      expect(read("chart")).to.deep.equal(known("SIGNING_KEYS", ...store("MONGODB_URL")));
      expect(read("chart", signer)).to.deep.equal(
        known("SIGNING_KEYS", ...store("MONGODB_URL"), ...Object.keys(signing)),
      );
    });
  }
});
