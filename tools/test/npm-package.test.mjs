import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { npmPackage } from "../checkout/npm-package.mjs";
import { messageOf } from "../checkout/thrown.mjs";

describe("a package of npm's", () => {
  const { THESEUS_CACHE } = process.env;
  /** @type {import("@theseus/testing").ScratchFolder} */
  let folder;
  /** @type {string} */
  let cache;
  /** @type {string} */
  let spec;
  beforeEach(() => {
    folder = createScratchFolder();
    cache = join(folder.path, "cache");
    process.env.THESEUS_CACHE = cache;
    spec = join(folder.path, "ship");
    mkdirSync(spec);
    writeFileSync(join(spec, "package.json"), JSON.stringify({ name: "ship", version: "1.0.0" }));
    writeFileSync(join(spec, "hull.proto"), "// a hull");
  });
  afterEach(() => {
    process.env.THESEUS_CACHE = THESEUS_CACHE;
    if (THESEUS_CACHE === undefined) delete process.env.THESEUS_CACHE;
    folder[Symbol.dispose]();
  });

  it("is refused, and not kept, when it is not what was pinned", () => {
    expect(() => npmPackage(spec, "sha512-other")).to.throw("ship is not what was pinned: sha512-");
    expect(readdirSync(cache)).to.deep.equal([]);
  });

  it("is fetched once", () => {
    const path = npmPackage(spec, digestOf(spec));
    expect(readFileSync(join(path, "hull.proto"), "utf8")).to.equal("// a hull");
    writeFileSync(join(spec, "hull.proto"), "// another hull");
    expect(npmPackage(spec, "not asked for again")).to.equal(path);
  });

  it("that cannot be fetched is named, and nothing is left", () => {
    const missing = join(folder.path, "no-ship");
    expect(() => npmPackage(missing, "sha512-any")).to.throw("no-ship cannot be fetched");
    expect(existsSync(cache) ? readdirSync(cache) : []).to.deep.equal([]);
  });

  /** @param {string} wanted */
  function digestOf(wanted) {
    try {
      return npmPackage(wanted, "sha512-none");
    } catch (error) {
      return /sha512-\S+$/.exec(messageOf(error))?.[0] ?? "no digest";
    }
  }
});
