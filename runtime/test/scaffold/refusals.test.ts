import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { UsageFault } from "../../src/fault.js";
import { type NewImplementation, newImplementation, renderTemplate } from "../../src/scaffold/index.js";

describe("a new implementation", () => {
  let checkout: string;

  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), "theseus-new-"));
  });
  afterEach(() => rmSync(checkout, { recursive: true }));

  const wrong: readonly (readonly [string, Partial<NewImplementation>, RegExp])[] = [
    ["service", { service: "shipping" }, /no service "shipping".*\n.*user, inventory, payment/],
    ["language", { language: "cobol" }, /no language "cobol".*\n.*go, java, python, rust, typescript/],
    ["place", { folder: "/tmp/elsewhere" }, /no place.*\n.*services\/user\/<name>/],
    ["name", { folder: "services/user/Go" }, /no place/],
  ];
  for (const [what, change, words] of wrong) {
    it(`is refused for a wrong ${what}, and nothing is written`, () => {
      const given = { checkout, service: "user", language: "go", ...change };
      expect(() => newImplementation(given)).to.throw(UsageFault, words);
      expect(readdirSync(checkout)).to.deep.equal([]);
    });
  }

  it("never replaces a folder", () => {
    const folder = newImplementation({ checkout, service: "user", language: "go" });
    const files = readdirSync(folder);
    const again = () => newImplementation({ checkout, service: "user", language: "go" });
    expect(again).to.throw(UsageFault, /exists.*\n.*--dir/);
    expect(readdirSync(folder)).to.deep.equal(files);
    expect(readdirSync(join(folder, ".."))).to.deep.equal(["go"]);
  });

  it("is named as its folder is", () => {
    const folder = join(checkout, "services/inventory/second");
    newImplementation({ checkout, service: "inventory", language: "python", folder });
    expect(existsSync(join(folder, "src/theseus_inventory/service.py"))).to.equal(true);
  });
});

describe("a template", () => {
  const values = { name: "x" };

  it("has values and parts for single services", () => {
    const template = "{{name}}\n{{#user}}\na\n{{/user}}\n{{^user}}\nb\n{{/user}}\n[{{#user}}c{{/user}}]\n";
    expect(renderTemplate(template, "user", values)).to.equal("x\na\n[c]\n");
    expect(renderTemplate(template, "payment", values)).to.equal("x\nb\n[]\n");
  });

  it("is wrong with a name that has no value", () => {
    expect(() => renderTemplate("{{nobody}}", "user", values)).to.throw("{{nobody}}");
  });
});
