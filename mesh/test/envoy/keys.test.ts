import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder, eventually, rejectionOf, signAccessToken } from "@theseus/testing";
import { expect } from "chai";
import { createSigningKey, openAuthority, type SigningKey, toPublic } from "../../src/identity/index.js";
import { contractPolicy } from "../harness/contract-policy.js";
import { startApplication } from "../harness/grpc-application.js";
import { grpcCaller } from "../harness/grpc-caller.js";
import { bearer, type Inventory, paths, startInventory } from "../harness/inventory.js";
import { neighbourhood, startSidecar } from "../harness/sidecar.js";
import { topology } from "../harness/topology.js";

describe("The keys that a sidecar checks access tokens with", () => {
  let inventory: Inventory;

  before(async () => {
    inventory = await startInventory();
  });
  after(() => inventory[Symbol.asyncDispose]());

  const outcomeWith = async (key: SigningKey) =>
    (await inventory.gateway.call(paths.createReservation, bearer(tokenOf(key)))).reason ?? "OK";

  it("are others within a second: one more is taken, a removed one is refused", async () => {
    const [one, other] = [createSigningKey(), createSigningKey()];
    await inventory.sidecar.setKeys([toPublic(one)]);
    expect([await outcomeWith(one), await outcomeWith(other)]).to.deep.equal(["OK", "TOKEN_INVALID"]);
    await inventory.sidecar.setKeys([one, other].map(toPublic));
    expect([await outcomeWith(one), await outcomeWith(other)]).to.deep.equal(["OK", "OK"]);
    const removed = Date.now();
    await inventory.sidecar.setKeys([toPublic(other)]);
    expect([await outcomeWith(one), await outcomeWith(other)]).to.deep.equal(["TOKEN_INVALID", "OK"]);
    expect(Date.now() - removed).to.be.below(1_000);
  });

  it("are the same for developers", async () => {
    const key = createSigningKey();
    const call = () => inventory.developer.call(paths.createReservation, bearer(tokenOf(key)));
    await inventory.sidecar.setKeys([]);
    expect((await call()).reason).to.equal("TOKEN_INVALID");
    await inventory.sidecar.setKeys([toPublic(key)]);
    expect((await call()).status).to.equal("OK");
  });

  it("rotate 20 times under 8 callers with tokens of the old key and the new one, and no call fails", async () => {
    let [old, signing] = [createSigningKey(), createSigningKey()];
    await inventory.sidecar.setKeys([old, signing].map(toPublic));
    const stop = new AbortController();
    const failed: string[] = [];
    let calls = 0;
    const caller = async (index: number) => {
      while (!stop.signal.aborted) {
        const key = index % 2 === 0 ? old : signing;
        const outcome = await outcomeWith(key);
        calls++;
        if (outcome !== "OK") failed.push(outcome);
      }
    };
    const callers = Array.from({ length: 8 }, (_, index) => caller(index));
    for (let rotation = 0; rotation < 20; rotation++) {
      const next = createSigningKey();
      await inventory.sidecar.setKeys([old, signing, next].map(toPublic));
      [old, signing] = [signing, next];
      const before = calls;
      // No call is under way any more that was signed with the key that goes.
      await eventually("each caller has called anew", async () => calls >= before + 16);
      await inventory.sidecar.setKeys([old, signing].map(toPublic));
    }
    stop.abort();
    await Promise.all(callers);
    expect(failed).to.deep.equal([]);
    expect(calls).to.be.above(20 * 16);
  });

  it("stay when the file is broken", async () => {
    const key = createSigningKey();
    await inventory.sidecar.setKeys([toPublic(key)]);
    const file = join(inventory.sidecar.options.paths.xds, "access-token.ecds.json");
    await writeFile(`${file}.draft`, "{");
    await rename(`${file}.draft`, file);
    await eventually("it was looked at", async () =>
      / [1-9]/.test(await inventory.sidecar.admin("/stats?filter=jwt_authn.update_failure")),
    );
    expect(await outcomeWith(key)).to.equal("OK");
    expect(await outcomeWith(createSigningKey())).to.equal("TOKEN_INVALID");
  });
});

describe("A sidecar without the keys of access tokens", () => {
  const policy = contractPolicy();

  async function start(spoilKeys: (path: string) => Promise<void>) {
    await using opened = new AsyncDisposableStack();
    const folder = opened.use(createScratchFolder()).path;
    const authority = await openAuthority(`${folder}/ca`, { topology });
    const around = await neighbourhood(folder, authority, policy);
    const sidecar = opened.use(
      await startSidecar(around, { workload: "inventory", ports: { mesh: 0 }, spoilKeys }),
    );
    const application = opened.use(await startApplication(policy, `unix:${sidecar.options.paths.app}`));
    const gateway = opened.use(
      grpcCaller(`127.0.0.1:${sidecar.ports.mesh}`, await authority.issue("gateway")),
    );
    const owned = opened.move();
    return { around, sidecar, application, gateway, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  }

  it("does not start when there is no file", async () => {
    const { message } = await rejectionOf(
      start((path) => rm(path)),
      Error,
    );
    expect(message).to.contain("access-token.ecds.json");
  });

  for (const [what, content] of [
    ["no JSON", "{"],
    ["no filter", JSON.stringify({ resources: [] })],
  ] as const) {
    it(`lets nobody in when the file holds ${what}, not even to public methods, until it is right`, async () => {
      await using started = await start((path) => writeFile(path, content));
      const { gateway, application, sidecar, around } = started;
      for (const path of [paths.getItem, paths.createReservation]) {
        expect(await gateway.call(path)).to.include({
          status: "UNAVAILABLE",
          reason: "SERVICE_UNAVAILABLE",
        });
      }
      expect(application.arrivals).to.deep.equal([]);
      await sidecar.setKeys(await around.keys.publicKeys());
      expect(await gateway.call(paths.getItem)).to.deep.equal({ status: "OK" });
    });
  }
});

function tokenOf(key: SigningKey): string {
  const { tokenIssuer: iss, tokenAudience: aud, tokenSubjectPrefix } = topology.identity;
  return signAccessToken({ ...key }, { iss, aud, sub: `${tokenSubjectPrefix}u1` });
}
