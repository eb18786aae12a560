import { readFile, stat } from "node:fs/promises";
import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { openSigningKeys, type SigningKey } from "../../src/identity/index.js";

describe("The keys of access tokens", () => {
  const cleanup = new AsyncDisposableStack();
  let folder: string;

  beforeEach(async () => {
    folder = cleanup.use(createScratchFolder()).path;
  });
  after(() => cleanup.disposeAsync());

  it("are two: the one that signs and the next", async () => {
    const { privateFile } = await openSigningKeys(folder);
    const keys = await readKeys(privateFile);
    expect(keys).to.have.length(2);
    for (const key of keys) expect(key).to.include({ kty: "EC", crv: "P-256", alg: "ES256", use: "sig" });
    expect((await stat(privateFile)).mode & 0o777).to.equal(0o600);
  });

  it("are published without their secret part", async () => {
    const { privateFile, publicFile } = await openSigningKeys(folder);
    const published = await readKeys(publicFile);
    expect(published.map(({ kid }) => kid)).to.deep.equal(
      (await readKeys(privateFile)).map(({ kid }) => kid),
    );
    for (const key of published) expect(key).not.to.have.property("d");
  });

  it("stay the same when they are opened again", async () => {
    const { privateFile } = await openSigningKeys(folder);
    const before = await readFile(privateFile, "utf8");
    await openSigningKeys(folder);
    expect(await readFile(privateFile, "utf8")).to.equal(before);
  });

  it("rotate so that every live token stays valid and the next key is known before it signs", async () => {
    const keys = await openSigningKeys(folder);
    const [current, next] = await readKeys(keys.privateFile);
    await keys.rotate();
    const [signing, coming] = await readKeys(keys.privateFile);
    expect(signing).to.deep.equal(next);
    expect(coming?.kid).not.to.be.oneOf([current?.kid, next?.kid]);
    const published = (await readKeys(keys.publicFile)).map(({ kid }) => kid);
    expect(published).to.have.members([current?.kid, next?.kid, coming?.kid]);
  });
});

async function readKeys(path: string): Promise<readonly SigningKey[]> {
  return JSON.parse(await readFile(path, "utf8")).keys;
}
