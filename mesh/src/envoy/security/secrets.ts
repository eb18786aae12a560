import { join } from "node:path";
import { type Message, typed } from "../message.js";

/** The PEM texts of an identity. */
export interface Pem {
  readonly certificate: string;
  readonly privateKey: string;
  readonly trustBundle: string;
}

const certificate = "certificate";
const authority = "authority";

/**
 * What an identity's folder holds for Envoy, by file name. The texts stand in the files themselves: Envoy opens an inotify
 * instance for each subscription and one more for each secret that names other files, of 128 that Linux gives a user.
 */
export function secretFiles(pem: Pem): Readonly<Record<string, Message>> {
  return {
    [fileOf(certificate)]: resource(certificate, {
      tls_certificate: {
        certificate_chain: { inline_string: pem.certificate },
        private_key: { inline_string: pem.privateKey },
      },
    }),
    [fileOf(authority)]: resource(authority, {
      validation_context: { trusted_ca: { inline_string: pem.trustBundle } },
    }),
  };
}

/** How a TLS context names one of the files of `secretFiles` in an identity's folder. */
export function secretReference(folder: string, name: typeof certificate | typeof authority): Message {
  return {
    name,
    sds_config: {
      resource_api_version: "V3",
      path_config_source: { path: join(folder, fileOf(name)), watched_directory: { path: folder } },
    },
  };
}

function fileOf(name: string): string {
  return `${name}.sds.json`;
}

function resource(name: string, secret: Message): Message {
  return { resources: [typed("envoy.extensions.transport_sockets.tls.v3.Secret", { name, ...secret })] };
}
