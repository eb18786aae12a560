import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { REFUSALS } from "../../gateway/dist/src/gateway-error.js";
import { errorReasons, errorsPage } from "../docs/errors.mjs";

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
    for (const [name, { code }] of Object.entries(REFUSALS)) expect(codes[name], name).to.equal(code);
  });
});
