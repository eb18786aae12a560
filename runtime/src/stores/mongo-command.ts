import { join } from "node:path";
import type { DocumentStore } from "../provision/document-store.js";
import type { TlsFiles } from "./mongo-users.js";

export interface CommandOptions {
  readonly port: number;
  readonly data: string;
  readonly config: string;
  /** Who is let in: users with a password, or whoever shows a certificate of this authority, then over TLS. */
  readonly access: "users" | TlsFiles;
}

/** The command line of a store that speaks MongoDB's protocol, on loopback alone. */
export function toCommand(
  store: DocumentStore,
  { port, data, config, access }: CommandOptions,
): readonly [string, ...string[]] {
  if (store.kind === "mongod") {
    return [
      ...([store.file, "--bind_ip", "127.0.0.1", "--port", String(port)] as const),
      ...["--dbpath", data, "--nounixsocket", ...mongodAccess(access)],
    ];
  }
  return [
    ...([store.python, join(store.packages, "bin", "secantusd-py")] as const),
    ...["--config", config, "--host", "127.0.0.1", "--port", String(port), "--storage-path", data],
    ...["--sync-on-commit", "--cache-size", "64M", ...secantusAccess(access)],
  ];
}

function mongodAccess(access: CommandOptions["access"]): readonly string[] {
  // Without the parameter anybody on this machine could make the first user.
  if (access === "users") return ["--auth", "--setParameter", "enableLocalhostAuthBypass=false"];
  const { identity, authority } = access;
  return ["--tlsMode", "requireTLS", "--tlsCertificateKeyFile", identity, "--tlsCAFile", authority];
}

function secantusAccess(access: CommandOptions["access"]): readonly string[] {
  if (access === "users") return ["--auth"];
  const { identity, authority } = access;
  return [
    ...["--tls-cert-file", identity, "--tls-key-file", identity],
    ...["--tls-ca-file", authority, "--tls-require-client-cert"],
  ];
}
