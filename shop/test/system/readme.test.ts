import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { findGrpcurl } from "./grpcurl.js";
import { checkout, Shop } from "./shop.js";

/** The README as a reader follows it: `npm start`, then each block of commands in another terminal. */
describe("the README", () => {
  const readme = readFileSync(join(checkout, "README.md"), "utf8");
  let shop: Shop;

  before(async function () {
    this.timeout(300_000);
    expect(blocks()).to.include.members(["npm start", "npm test"]);
    shop = await new Shop(mkdtempSync(join(tmpdir(), "theseus-readme-"))).start({ by: "npm start" });
  });

  after(async () => {
    await shop?.[Symbol.asyncDispose]();
  });

  it("buys something", () => {
    const { stdout } = run(block("buy"));
    expect(stdout).to.include('"items/tea-mug"').and.to.include("PAYMENT_STATE_CAPTURED");
  });

  it("talks to one service alone", function () {
    const found = findGrpcurl();
    if ("missing" in found) {
      if (this.test) this.test.title += ` (skipped: ${found.missing})`;
      return this.skip();
    }
    const path = found.path === "grpcurl" ? "" : `PATH=${dirname(found.path)}:$PATH\n`;
    const { stdout, stderr } = run(path + block("grpcurl"));
    expect(stdout).to.include("theseus.mesh.v1.policy").and.to.include('"name": "items/tea-mug"');
    expect(stdout + stderr).to.include("TOKEN_MISSING");
  });

  it("kills a service, which comes back", async () => {
    const before = (await shop.instances()).find(({ name }) => name === "inventory-1")?.app.pid;
    const { stdout } = run(block("kill"));
    expect(stdout).to.match(/inventory-1 +typescript .*SERVING/);
    await eventually("it serves again", async () => {
      const now = (await shop.status()).instances.find(({ instance }) => instance === "inventory-1");
      return now?.health === "SERVING" && now.pid !== before && now.restarts === 1;
    });
  });

  it("changes one service at a time", () => {
    const { stdout } = run(block("changes"));
    expect(stdout).to.match(/^inventory-3 +typescript +.*SERVING +active/m);
    for (const change of ["scale inventory 3", "restart payment", "scale inventory 1", "rotate keys"])
      expect(stdout)
        .to.contain(`done: ${change}`)
        .and.match(new RegExp(`${change} .*done`));
  });

  it("compares what it has sold", () => {
    const { status, stdout } = run(block("reconcile"));
    expect(stdout)
      .to.match(/^[1-9]\d* payments compared\.$/m)
      .and.to.include("agree.");
    expect(status).to.equal(0);
  });

  it("ends the shop from any folder", async () => {
    const [command] = /node path\/to\/theseus\/\S+ down/.exec(readme) ?? [""];
    const down = run(`cd / && ${command.replace("path/to/theseus", checkout)}`);
    expect(down.status).to.equal(0);
    expect((await shop.theseus("status")).code).to.equal(1);
    rmSync(shop.home, { recursive: true, force: true });
  });

  function block(name: string): string {
    const found = new RegExp(`<!-- test: ${name} -->\n\`\`\`sh\n([\\s\\S]*?)\n\`\`\``).exec(readme)?.[1];
    if (found === undefined) throw new Error(`the README has no block ${name}`);
    return found;
  }

  function blocks(): string[] {
    return [...readme.matchAll(/```sh\n([\s\S]*?)\n```/g)].map((match) => match[1] ?? "");
  }

  /** The reader's shop is at the usual place on the usual ports; this one is not. */
  function run(script: string) {
    const places: readonly (readonly [string, string])[] = [
      ["http://127.0.0.1:8080", shop.edge],
      [".theseus/", `${shop.home}/`],
    ];
    const here = places.reduce((text, [from, to]) => text.replaceAll(from, to), script);
    const result = spawnSync("bash", ["-e", "-o", "pipefail"], {
      input: here,
      cwd: checkout,
      env: shop.environment(),
      encoding: "utf8",
    });
    expect(result.status, `${here}\n${result.stdout}\n${result.stderr}`).to.equal(0);
    return result;
  }
});
