import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { tryLock } from "../../src/process/pid-lock.js";
import { processIdentity } from "../../src/process/process-identity.js";

const dead = "999999999 some-boot:1";

describe("a lock of a process", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const path = join(scratch.path, "lock");
  const guard = `${path}.takeover`;
  afterEach(() => {
    for (const left of [path, guard]) rmSync(left, { recursive: true, force: true });
  });

  it("is refused while its owner lives, who is named, and free after the release", () => {
    const first = tryLock(path);
    expect(tryLock(path)).to.deep.equal({ held: false, owner: process.pid });
    if (first.held) first.release();
    expect(tryLock(path).held).to.equal(true);
  });

  it("is taken over from a dead process, also when another one has its pid", () => {
    for (const owner of [dead, `${process.pid} some-boot:1`]) {
      writeFileSync(path, owner);
      const lock = tryLock(path);
      expect(lock.held).to.equal(true);
      if (lock.held) lock.release();
    }
  });

  it("is taken over at once although an earlier takeover was killed", () => {
    writeFileSync(path, dead);
    mkdirSync(guard);
    expect(tryLock(path), "somebody may be at it").to.deep.equal({ held: false, owner: undefined });
    utimesSync(guard, 1, 1);
    expect(tryLock(path).held).to.equal(true);
    expect(existsSync(guard)).to.equal(false);
  });

  it("is named when something else is in its place, or in that of its takeover", () => {
    mkdirSync(path);
    expect(() => tryLock(path)).to.throw(`${path} is in the place of a lock and is none (EISDIR)`);
    rmSync(path, { recursive: true });
    writeFileSync(path, dead);
    writeFileSync(guard, "");
    utimesSync(guard, 1, 1);
    expect(() => tryLock(path)).to.throw(`${guard} is in the place of a lock and is none (ENOTDIR)`);
  });

  it("has the owner's boot and start time beside its pid", () => {
    writeFileSync(path, `${process.pid} ${processIdentity(process.pid)}`);
    expect(tryLock(path)).to.deep.equal({ held: false, owner: process.pid });
  });
});
