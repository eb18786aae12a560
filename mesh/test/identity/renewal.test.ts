import { X509Certificate } from "node:crypto";
import { mkdir, readdir, readFile, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import {
  type Authority,
  type Identity,
  keepIdentity,
  openAuthority,
  writeIdentity,
} from "../../src/identity/index.js";
import { contractPolicy } from "../harness/contract-policy.js";
import { handshake } from "../harness/handshake.js";
import { neighbourhood, startSidecar } from "../harness/sidecar.js";
import { topology } from "../harness/topology.js";

describe("A workload's identity", () => {
  let cleanup: AsyncDisposableStack;
  let folder: string;
  let authority: Authority;

  beforeEach(async () => {
    cleanup = new AsyncDisposableStack();
    folder = cleanup.use(createScratchFolder()).path;
    authority = await openAuthority(join(folder, "ca"), { topology });
  });
  afterEach(() => cleanup.disposeAsync());

  it("is private, and leaves nothing of the one before, nor of one that was killed", async () => {
    await mkdir(join(folder, "id/..killed"), { recursive: true });
    await symlink("..killed", join(folder, "id/..killed.link"));
    for (let n = 0; n < 3; n++) await writeIdentity(join(folder, "id"), await authority.issue("user"));
    const names = await readdir(join(folder, "id"));
    expect(names.filter((name) => !name.startsWith(".."))).to.have.members([
      "tls.crt",
      "tls.key",
      "ca.crt",
      "certificate.sds.json",
      "authority.sds.json",
    ]);
    expect(names).to.have.length(7);
    expect((await stat(join(folder, "id"))).mode & 0o777).to.equal(0o700);
    expect((await stat(join(folder, "id/tls.key"))).mode & 0o777).to.equal(0o600);
  });

  it("is renewed when half of its life is over, not before", async () => {
    let time = new Date("2026-11-21T12:00:00Z");
    let reads = 0;
    const now = () => {
      reads++;
      return time;
    };
    const timed = await openAuthority(join(folder, "timed"), { topology, now });
    const renewed: Identity[] = [];
    const kept = cleanup.use(
      await keepIdentity(join(folder, "id"), {
        issue: () => timed.issue("user"),
        onFault: (error) => expect.fail(String(error)),
        onRenewed: (identity) => renewed.push(identity),
        now,
        checkMs: 5,
      }),
    );
    const first = await serial(kept.paths.certificate);
    time = new Date("2026-11-21T23:59:59Z");
    const before = reads;
    await eventually("the clock is read again", async () => reads > before + 2);
    expect(renewed).to.deep.equal([]);
    time = new Date("2026-11-22T00:00:00Z");
    await eventually("it is renewed", async () => renewed.length === 1);
    expect(await serial(kept.paths.certificate)).not.to.equal(first);
  });

  it("is tried again after a renewal that failed", async () => {
    const faults: unknown[] = [];
    let broken = false;
    const short = await openAuthority(join(folder, "ca"), { topology, lifetimeMs: 200 });
    let renewals = 0;
    cleanup.use(
      await keepIdentity(join(folder, "id"), {
        issue: async () => {
          if (broken) throw new Error("no authority");
          return short.issue("user");
        },
        onFault: (error) => {
          faults.push(error);
          broken = false;
        },
        onRenewed: () => renewals++,
      }),
    );
    broken = true;
    await eventually("it failed and was renewed", async () => faults.length === 1 && renewals > 0);
  });

  it("is shown by a running sidecar on its next connection once it is renewed", async () => {
    const around = await neighbourhood(folder, authority, contractPolicy());
    const sidecar = cleanup.use(await startSidecar(around, { workload: "user", ports: { mesh: 0 } }));
    const caller = await authority.issue("gateway");
    const port = sidecar.ports.mesh ?? 0;
    const shown = [await presented(port, caller)];
    for (let renewal = 0; renewal < 3; renewal++) {
      const identity = await authority.issue("user");
      await writeIdentity(sidecar.options.paths.identity, identity);
      const expected = new X509Certificate(identity.certificate).serialNumber;
      await eventually(
        "the new certificate is shown",
        async () => (await presented(port, caller)) === expected,
      );
      shown.push(expected);
    }
    expect(new Set(shown).size).to.equal(4);
    const stats = await sidecar.admin(
      "/stats?filter=key_rotation_failed|ssl_context_update_by_sds|update_rejected",
    );
    expect(stats).not.to.match(/(key_rotation_failed|update_rejected): [1-9]/);
  });
});

async function presented(port: number, caller: Identity): Promise<string> {
  return (await handshake(port, caller)).serialNumber;
}

async function serial(path: string): Promise<string> {
  return new X509Certificate(await readFile(path)).serialNumber;
}
