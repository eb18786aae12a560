import { readFile, stat } from "node:fs/promises";
import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder, rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { openSigningKeys, type PublicKey, type SigningKey } from "../../src/identity/index.js";

describe("The keys of access tokens", () => {
  const cleanup = new AsyncDisposableStack();
  let folder: string;
  let time: Date;

  const open = () => openSigningKeys(folder, { now: () => time });

  beforeEach(async () => {
    folder = cleanup.use(createScratchFolder()).path;
    time = new Date("2026-11-21T12:00:00Z");
  });
  after(() => cleanup.disposeAsync());

  it("are two: the one that signs and the next", async () => {
    const { privateFile } = await open();
    const keys = await readKeys(privateFile);
    expect(keys).to.have.length(2);
    for (const key of keys) expect(key).to.include({ kty: "EC", crv: "P-256", alg: "ES256", use: "sig" });
    expect((await stat(privateFile)).mode & 0o777).to.equal(0o600);
  });

  it("are published without their secret part", async () => {
    const { privateFile, publicKeys } = await open();
    const published = await publicKeys();
    expect(idsOf(published)).to.have.members(idsOf(await readKeys(privateFile)));
    for (const key of published) expect(key).not.to.have.property("d");
  });

  it("stay the same when they are opened again", async () => {
    const { privateFile } = await open();
    const before = await readFile(privateFile, "utf8");
    await open();
    expect(await readFile(privateFile, "utf8")).to.equal(before);
  });

  it("are known to everybody before they sign, and for a minute after", async () => {
    const { privateFile, rotate, removeRetired } = await open();
    const [first, second] = idsOf(await readKeys(privateFile));
    const seen: { readonly known: readonly string[]; readonly signing: string | undefined }[] = [];
    const publish = async (keys: readonly PublicKey[]) => {
      const [signing] = idsOf(await readKeys(privateFile));
      seen.push({ known: idsOf(keys), signing });
    };
    const rotation = await rotate(publish);
    expect(rotation).to.deep.equal({
      signing: second,
      retired: first,
      removableAt: new Date("2026-11-21T12:01:00Z"),
    });
    const [signing, third, last, ...none] = idsOf(await readKeys(privateFile));
    expect([signing, last, none]).to.deep.equal([second, first, []]);
    expect(seen).to.have.length(1);
    expect(seen[0]?.signing).to.equal(first);
    expect(seen[0]?.known).to.have.members([first, second, third]);

    time = new Date("2026-11-21T12:00:59Z");
    expect(await removeRetired(publish)).to.deep.equal(rotation.removableAt);
    expect(seen).to.have.length(1);
    time = new Date("2026-11-21T12:01:00Z");
    expect(await removeRetired(publish)).to.equal(undefined);
    expect(seen[1]?.known).to.have.members([second, third]);
    expect(idsOf(await readKeys(privateFile))).to.deep.equal([second, third]);
  });

  it("may rotate again while a retired one is known", async () => {
    const { privateFile, rotate, removeRetired } = await open();
    const [first, second, third] = [
      ...idsOf(await readKeys(privateFile)),
      (await rotate(async () => {})).retired,
    ];
    expect(third).to.equal(first);
    time = new Date("2026-11-21T12:00:30Z");
    expect((await rotate(async () => {})).retired).to.equal(second);
    expect(idsOf(await readKeys(privateFile)))
      .to.have.length(4)
      .and.include.members([first, second]);
    time = new Date("2026-11-21T12:01:00Z");
    expect(await removeRetired(async () => {})).to.deep.equal(new Date("2026-11-21T12:01:30Z"));
    expect(idsOf(await readKeys(privateFile)))
      .to.have.length(3)
      .and.not.include(first);
  });

  it("sign on when somebody has not taken the next ones; another rotation takes up the same keys", async () => {
    const keys = await open();
    const before = idsOf(await readKeys(keys.privateFile));
    const fault = new Error("a sidecar has not taken them");
    await rejectionOf(
      keys.rotate(async () => {
        throw fault;
      }),
      Error,
    );
    const between = idsOf(await readKeys(keys.privateFile));
    expect(between.slice(0, 2)).to.deep.equal(before);
    // As after the end of the process.
    const again = await open();
    const { signing } = await again.rotate(async () => {});
    expect(signing).to.equal(before[1]);
    expect(idsOf(await readKeys(again.privateFile))).to.have.members(between);
  });

  it("that are retired stay until everybody has forgotten them", async () => {
    const keys = await open();
    const { retired } = await keys.rotate(async () => {});
    time = new Date("2026-11-21T13:00:00Z");
    const refuse = async () => {
      throw new Error("a sidecar has not taken them");
    };
    await rejectionOf(keys.removeRetired(refuse), Error);
    const again = await open();
    expect(idsOf(await again.publicKeys())).to.include(retired);
    await again.removeRetired(async () => {});
    expect(idsOf(await again.publicKeys()))
      .to.have.length(2)
      .and.not.include(retired);
  });
});

function idsOf(keys: readonly PublicKey[]): readonly string[] {
  return keys.map(({ kid }) => kid);
}

async function readKeys(path: string): Promise<readonly SigningKey[]> {
  return JSON.parse(await readFile(path, "utf8")).keys;
}
