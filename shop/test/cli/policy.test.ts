import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { theseus } from "./command-line.js";

const readme = readFileSync(fileURLToPath(new URL("../../../../mesh/README.md", import.meta.url)), "utf8");
const items = "theseus.inventory.v1.InventoryService";

describe("theseus start --policy", () => {
  const scratch = createScratchFolder();
  const file = join(scratch.path, "policy.yaml");
  let taken: Server;
  let port: string;

  /** A shop whose policy is taken goes on to its ports, and ends there: one of them is taken. */
  before(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    port = typeof address === "object" ? String(address?.port) : "";
  });
  after(() => {
    taken.close();
    scratch[Symbol.dispose]();
  });

  const start = (policy: string, name = file) => {
    writeFileSync(name, policy);
    return theseus(join(scratch.path, "home"), "start", "--port", port, "--policy", name);
  };
  /** What is said of a policy that is refused, without the file. */
  const faultsOf = async (policy: string, name = file) => {
    const { code, stdout, stderr } = await start(policy, name);
    const [first, ...lines] = stderr.trimEnd().split("\n");
    expect(first).to.equal(`The policy in ${name} cannot be used:`);
    expect(lines.pop()).to.contain("never looser: see mesh/README.md");
    expect([code, stdout]).to.deep.equal([2, ""]);
    return lines.map((line) => line.replace(`  ${name}:`, ""));
  };

  it("takes the README's example", async () => {
    const { stderr, stdout } = await start(block("overlay"));
    expect(stderr).to.contain(`Port ${port} for the gateway is taken`);
    expect(stdout).to.contain(`over it ${file}`);
  });

  it("refuses the README's example for a contract without policies, which loosens the shop's", async () => {
    const faults = await faultsOf(block("foreign"));
    expect(faults[0]).to.match(/^5: "\*" lets gateway USER call \S+, the contract gateway ADMIN$/);
  });

  it("takes JSON, and tells the line in it too", async () => {
    const rule = { selector: `${items}.GetItem`, policy: { timeout: "1s" } };
    const json = (timeout: string) => JSON.stringify({ rules: [{ ...rule, policy: { timeout } }] }, null, 2);
    expect((await start(json("1s"))).stderr).to.contain("is taken");
    expect(await faultsOf(json("4s"))).to.deep.equal([
      `6: "${items}.GetItem" gives ${items}.GetItem a timeout of 4s, the contract 2s`,
    ]);
  });

  it("names all faults at once, each with its line: of the text, of the rules, and against the contract", async () => {
    const policy = `
rules:
  - selector: ${items}.GetItem
    policy:
      timeout: 10s
      maxRequestBytes: 5
      allow: [{ caller: gateway, auth: AUTH_USR }]
  - selector: ${items}.GetItm
    forbid: true
  - selector: ${items}.AddStock
    forbid: false
  - selector: ${items}.AddStock
    policy: { rate: { requests_per_second: 2, burst: 0.5 }, timeout: 2 }
  - forbid: true
`;
    expect(await faultsOf(policy)).to.have.members([
      '6: "maxRequestBytes" is not a key here; did you mean "max_request_bytes"?',
      '7: "auth" cannot be "AUTH_USR"; did you mean "AUTH_USER"?',
      '11: "forbid" is false: leave it out',
      '13: "burst" must be a whole number from 1 to 4294967295',
      '13: "timeout" must be a text, not 2',
      "14: a rule has no selector",
      `5: "${items}.GetItem" gives ${items}.GetItem a timeout of 10s, the contract 2s`,
      `8: "${items}.GetItm" selects nothing; did you mean "${items}.GetItem"?`,
      `12: "${items}.AddStock" is the selector of two rules`,
    ]);
  });

  const broken: readonly (readonly [what: string, policy: string, fault: RegExp])[] = [
    ["that is no YAML", "rules: [", /^1: Flow sequence/],
    ["that says nothing", "", /^1: it must be a map, not null$/],
    ["with another key", "rulez: []", /^1: "rulez" is not a key here; did you mean "rules"\?$/],
    ["with a key twice", "rules: []\nrules: []", /^2: Map keys must be unique/],
    ["with a rule that is none", "rules: [5]", /^1: "rules" must be a map, not 5$/],
  ];
  for (const [what, policy, fault] of broken) {
    it(`refuses a file ${what}`, async () => {
      expect((await faultsOf(policy)).at(-1)).to.match(fault);
    });
  }

  it("names a file that cannot be read", async () => {
    const { code, stderr } = await theseus(
      scratch.path,
      "start",
      "--policy",
      join(scratch.path, "none.yaml"),
    );
    expect(stderr)
      .to.contain(`The policy in ${join(scratch.path, "none.yaml")} cannot be read: ENOENT`)
      .and.not.match(/^\s+at /m);
    expect(code).to.equal(2);
  });

  it("is told by --help", async () => {
    expect((await theseus(scratch.path, "start", "--help")).stdout).to.match(
      /--policy <file> +what this deployment/,
    );
  });
});

function block(name: string): string {
  const found = new RegExp(`<!-- test: ${name} -->\n\`\`\`yaml\n([\\s\\S]*?)\n\`\`\``).exec(readme)?.[1];
  if (found === undefined) throw new Error(`mesh/README.md has no block ${name}`);
  return found;
}
