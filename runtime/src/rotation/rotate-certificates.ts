import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { identityPaths, type KeptIdentity } from "@theseus/mesh/identity";
import { shownSerials } from "../pair/envoy-admin.js";
import type { SidecarPlace } from "../pair/sidecar-place.js";
import { untilTaken } from "../pair/until-taken.js";

export interface RotateCertificates {
  /** All that are shown: of each workload to the mesh, and to outside parties. */
  readonly identities: readonly KeptIdentity[];
  readonly sidecars: () => Iterable<SidecarPlace>;
  /** How long sidecars have for taking them. Default 30,000 ms. */
  readonly limitMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Gives every workload new certificates, as a renewal does, and waits until every sidecar shows those and none of the old
 * ones. Connections that are open stay. Throws a Fault that names the sidecars that have not taken them; another call
 * makes new ones again.
 */
export async function rotateCertificates(options: RotateCertificates): Promise<void> {
  const { identities, ...others } = options;
  const old = new Set<string>();
  for (const { paths, renew } of identities) {
    old.add(await serialIn(dirname(paths.certificate)));
    await renew();
  }
  await untilTaken({
    ...others,
    what: "the new certificates",
    isTaken: async ({ admin, identities: folders }) => {
      const [shown, expected] = await Promise.all([
        shownSerials(admin),
        Promise.all(folders.map((folder) => serialIn(folder))),
      ]);
      return expected.every((serial) => shown.has(serial)) && ![...shown].some((serial) => old.has(serial));
    },
  });
}

/** In lower-case hexadecimal, as a sidecar says it. What is in the folder at that moment: a renewal may come in between. */
async function serialIn(folder: string): Promise<string> {
  const { serialNumber } = new X509Certificate(await readFile(identityPaths(folder).certificate));
  return serialNumber.toLowerCase();
}
