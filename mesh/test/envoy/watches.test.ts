import { readdirSync, readlinkSync } from "node:fs";
import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { openAuthority } from "../../src/identity/index.js";
import { peersOf } from "../../src/policy/index.js";
import { contractPolicy } from "../harness/contract-policy.js";
import { neighbourhood, startSidecar } from "../harness/sidecar.js";
import { topology } from "../harness/topology.js";

/** Linux gives a user 128 inotify instances: what a sidecar takes says how many of them a machine holds. */
describe("A sidecar's inotify instances", () => {
  const policy = contractPolicy();

  for (const [workload, ports, keys] of [
    ["inventory", { mesh: 0 }, 1],
    ["gateway", { edge: 0 }, 0],
  ] as const) {
    it(`are two for its identity, one for keys if it checks tokens and one for each peer: ${workload}`, async function () {
      if (process.platform !== "linux") {
        if (this.test) this.test.title += " (skipped: only Linux has inotify)";
        return this.skip();
      }
      await using opened = new AsyncDisposableStack();
      const folder = opened.use(createScratchFolder()).path;
      const authority = await openAuthority(`${folder}/ca`, { topology });
      const around = await neighbourhood(folder, authority, policy);
      const sidecar = opened.use(
        await startSidecar(around, { workload, ports, isOpenToDevelopers: keys > 0 }),
      );
      const peers = peersOf(policy, topology, workload);
      expect(inotifyInstances(sidecar.pid)).to.equal(2 + keys + peers.length);
    });
  }
});

function inotifyInstances(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => targetOf(`${folder}/${fd}`) === "anon_inode:inotify").length;
}

/** Undefined for one that was closed since the folder was read, as those of connections are all the time. */
function targetOf(fd: string): string | undefined {
  try {
    return readlinkSync(fd);
  } catch {
    return undefined;
  }
}
