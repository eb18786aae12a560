import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { languages } from "../../src/scaffold/index.js";
import { CheckoutCopy } from "./checkout-copy.js";
import { missingToolchain, titled } from "./toolchain.js";

/** docs/bring-your-own.md as a reader follows it, one block after the other. */
describe("docs/bring-your-own.md", () => {
  const missing = missingToolchain("go");
  const test = missing === undefined ? it : it.skip;
  let checkout: CheckoutCopy;

  before(() => {
    checkout = new CheckoutCopy();
  });
  after(() => checkout[Symbol.dispose]());

  it("names every language that there is a template for", () => {
    const rows = [...page().matchAll(/^\| (Go|Java|Python|Rust|TypeScript) \|/gm)].map(([, name]) => name);
    expect(rows.map((name) => name?.toLowerCase())).to.deep.equal(languages());
  });

  test(titled("begins with a skeleton", missing), async () => {
    const { code, output } = await checkout.run(block("skeleton"));
    expect(code, output).to.equal(0);
    expect(output).to.include("services/user/go");
  });

  test(titled("shows what is missing", missing), async () => {
    const { code, output } = await checkout.run(block("missing"));
    expect(code, output).to.equal(1);
    expect(output).to.include("✔ protocol/launch/listening").and.to.include("✔ protocol/reflection/contract");
    expect(output).to.match(/missing:\n(.*\n)*? {4}access\.caller-denied: protocol\/access\/policy\n/);
  });

  test(titled("writes the first RPC, whose case is green", missing), async () => {
    const before = await checkout.run(`${block("case")} --no-build`);
    expect(before.code, before.output).to.equal(1);
    writeFileSync(join(checkout.path, "services/user/go/service.go"), `${block("service.go")}\n`);
    const { code, output } = await checkout.run(block("case"));
    expect(code, output).to.equal(0);
    expect(output).to.include("1 passed, 0 failed, 0 skipped");
  });

  test(titled("leaves what Go's own tools find clean", missing), async () => {
    const { code, output } = await checkout.run(
      'cd services/user/go && go vet . && test -z "$(gofmt -l *.go)"',
    );
    expect(code, output).to.equal(0);
  });

  function page(): string {
    return readFileSync(join(checkout.path, "docs/bring-your-own.md"), "utf8");
  }

  function block(name: string): string {
    const found = new RegExp(`<!-- test: ${name} -->\n\`\`\`\\w+\n([\\s\\S]*?)\n\`\`\``).exec(page())?.[1];
    if (found === undefined) throw new Error(`the page has no block ${name}`);
    return found;
  }
});
