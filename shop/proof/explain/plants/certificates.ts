import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuthorityOptions, openAuthority, writeIdentity } from "@theseus/mesh/identity";
import { topology } from "../../../src/topology.js";
import type { Answer } from "../../../test/system/http-client.js";
import { type Ground, tellPlaces } from "../ground.js";
import { startStandIn } from "../stand-in.js";
import type { Plant } from "./plant.js";

const hourMs = 3_600_000;

/** Peers that cannot trust each other. */
export const certificatePlants: readonly Plant[] = [
  {
    fault: "expired leaf certificate",
    by: "a leaf by the shop's authority that was good until an hour ago",
    meet: (ground) =>
      showing(ground, "inventory", {
        lifetimeMs: hourMs,
        now: () => new Date(Date.now() - 2 * hourMs),
      }),
    cause:
      /because gateway-1 has no inventory to call: 127\.0\.0\.1:\d+ .* the certificate of inventory-1 has expired/,
    change: /theseus rotate certificates/,
  },
  {
    fault: "wrong peer",
    by: "a leaf of user by the shop's authority, where inventory is called",
    meet: (ground) => showing(ground, "user", {}),
    cause:
      /because gateway-1 has no inventory to call: 127\.0\.0\.1:\d+ .* inventory-1 showed a certificate of spiffe:\/\/theseus\.local\/ns\/shop\/sa\/user/,
    change: /theseus rotate certificates/,
  },
];

/** Asks inventory while its sidecar shows a leaf of a workload. */
async function showing(
  ground: Ground,
  workload: string,
  options: Partial<AuthorityOptions>,
): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), "leaf-"));
  try {
    const authority = await openAuthority(join(ground.shop.home, "secrets/authority"), {
      topology,
      ...options,
    });
    await writeIdentity(folder, await authority.issue(workload));
    await using standIn = await startStandIn(ground, "inventory-1", { identity: folder });
    const place = { address: "127.0.0.1", port: standIn.port };
    await using _places = await tellPlaces(ground, "inventory", [place], { well: 0 });
    return await ground.http.get("/v1/items/rope");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
