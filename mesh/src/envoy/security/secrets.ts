import { dirname, join } from "node:path";
import { type Message, typed } from "../message.js";
import type { SidecarOptions } from "../sidecar-options.js";

/** A certificate and the authority that the other side must come from, as one set of dynamic files. */
export interface SecretSet {
  /** `mesh` or an outside party. */
  readonly name: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly trustBundle: string;
}

export function secretSets({ paths, externals = {} }: SidecarOptions): readonly SecretSet[] {
  return [
    { name: "mesh", ...paths },
    ...Object.entries(externals).map(([name, access]) => ({ name, ...access })),
  ];
}

/** Files that must stand in `paths.xds` before a sidecar starts, by name. They need no change when certificates do. */
export function sidecarFiles(options: SidecarOptions): Readonly<Record<string, Message>> {
  return Object.fromEntries(
    secretSets(options).flatMap((set) => [
      [`${set.name}.certificate.sds.json`, resource(`${set.name}.certificate`, leaf(set))],
      [`${set.name}.authority.sds.json`, resource(`${set.name}.authority`, authority(set))],
    ]),
  );
}

/** How a TLS context names one of the files of `sidecarFiles`. */
export function secretReference(xds: string, set: string, kind: "certificate" | "authority"): Message {
  const name = `${set}.${kind}`;
  return {
    name,
    sds_config: {
      resource_api_version: "V3",
      path_config_source: { path: join(xds, `${name}.sds.json`), watched_directory: { path: xds } },
    },
  };
}

function leaf({ certificate, privateKey }: SecretSet): Message {
  return {
    tls_certificate: {
      certificate_chain: { filename: certificate },
      private_key: { filename: privateKey },
      watched_directory: { path: dirname(certificate) },
    },
  };
}

function authority({ trustBundle }: SecretSet): Message {
  return {
    validation_context: {
      trusted_ca: { filename: trustBundle },
      watched_directory: { path: dirname(trustBundle) },
    },
  };
}

function resource(name: string, secret: Message): Message {
  return { resources: [typed("envoy.extensions.transport_sockets.tls.v3.Secret", { name, ...secret })] };
}
