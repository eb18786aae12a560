import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { identityPaths } from "@theseus/mesh/identity";
import type { SidecarPlace } from "../../src/pair/sidecar-place.js";

/** Files and admin interface of a sidecar, as far as rotations see them. */
export interface PlayedSidecar extends AsyncDisposable {
  readonly place: SidecarPlace;
  /** False: it goes on with what it has taken before. */
  takes: boolean;
  runs: boolean;
  /** The ids of the keys that it checks tokens with. */
  keys(): readonly string[];
}

/** Takes its files when somebody asks. */
export async function playSidecar(
  folder: string,
  name: string,
  identities: readonly string[] = [],
): Promise<PlayedSidecar> {
  const admin = join(folder, `${name}.sock`);
  const place = { name, admin, xds: join(folder, name), identities, isRunning: () => played.runs };
  mkdirSync(place.xds);
  let taken = { filter: "{}", serials: [] as readonly string[] };
  const look = () => {
    if (!played.takes) return;
    const filter = readFileSync(join(place.xds, "access-token.ecds.json"), "utf8");
    taken = { filter, serials: identities.map(serialIn) };
  };
  const server = createServer(({ url }, response) => {
    look();
    const certificates = taken.serials.map((serial_number) => ({ cert_chain: [{ serial_number }] }));
    const { version_info } = JSON.parse(taken.filter);
    response.end(JSON.stringify(url === "/certs" ? { certificates } : { configs: [{ version_info }] }));
  });
  server.listen(place.admin);
  await once(server, "listening");
  const played: PlayedSidecar = {
    place,
    takes: true,
    runs: true,
    keys() {
      look();
      return [...taken.filter.matchAll(/kid\\":\\"([^\\]+)/g)].map(([, id = ""]) => id);
    },
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
  return played;
}

/** As a sidecar says it. */
export function serialIn(identity: string): string {
  const { certificate } = identityPaths(identity);
  return new X509Certificate(readFileSync(certificate)).serialNumber.toLowerCase();
}
