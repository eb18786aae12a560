import { isIPv6 } from "node:net";

/** Where a server listens or a client connects to. */
export type Address = { readonly path: string } | { readonly host: string; readonly port: number };

/** What the kernel takes for the path of a unix socket, in bytes. */
const LONGEST_SOCKET_PATH = 107;

/** `unix:/path`, `host:port` or `[v6]:port`; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    return path.startsWith("/") && Buffer.byteLength(path) <= LONGEST_SOCKET_PATH ? { path } : undefined;
  }
  const [, v6, name, digits] = /^(?:\[([^\]]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = v6 ?? name;
  if (host === undefined || port > 65535 || (v6 !== undefined && !isIPv6(v6))) return undefined;
  return { host, port };
}

/** An address as text, the way parseAddress reads it. */
export function formatAddress(address: Address): string {
  if ("path" in address) return `unix:${address.path}`;
  return isIPv6(address.host) ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
