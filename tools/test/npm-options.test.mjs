import { execFile, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { START_OPTIONS, swallowedOptions } from "../checkout/npm-options.mjs";
import { NPM } from "../checkout/npm-package.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

describe("npm start without --", () => {
  it("starts nothing, and says the command that was meant", () => {
    const [npm, ...args] = NPM;
    const start = [...args, "start", "--silent", "--port=38080", "--impl=a=go", "--impl=b=java"];
    const { status, stderr } = spawnSync(npm, start, { cwd: ROOT, encoding: "utf8" });
    expect(stderr).to.contain("npm start -- --port 38080 --impl a=go --impl b=java");
    expect(status).to.equal(2);
  });

  it("leaves a place for a value that npm did not see", () => {
    expect(swallowedOptions({ npm_config_replicas: "true" })).to.contain("npm start -- --replicas …");
    expect(swallowedOptions({ npm_config_cache: "/cache", npm_lifecycle_event: "start" })).to.equal(
      undefined,
    );
  });

  it("knows every option of theseus start", async () => {
    const theseus = join(ROOT, "shop/bin/theseus.mjs");
    const { stdout } = await promisify(execFile)(process.execPath, [theseus, "start", "--help"]);
    const options = [...stdout.matchAll(/^ +--([a-z-]+) </gm)].map(([, option]) => option);
    expect(options).to.have.members(START_OPTIONS);
  });
});
