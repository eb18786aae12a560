/** Where a server listens. */
export type Place = { readonly path: string } | { readonly host: string; readonly port: number };

const SOCKET = /^(unix:(?:\/\/(?:[^/]*@localhost)?)?)(\/.+)$/;
const AUTHORITY = /(?<=^|\/\/|@)([\w.-]+|\[[\da-f:]+\]):(\d+)(?=$|[/?])/i;

/** Reads `unix:/path`, `unix:///path`, `unix://user:password@localhost/path`, `host:port`, and URLs with a host and a port. */
export function parsePlace(target: string): Place {
  const [, , path] = SOCKET.exec(target) ?? [];
  if (path !== undefined) return { path };
  const [, host, port] = AUTHORITY.exec(target) ?? [];
  if (host === undefined) throw new Error(`${target} names neither a socket nor a host and a port`);
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

/** A target as it was written, with another place in it. */
export function withPlace(target: string, place: Place): string {
  return "path" in place
    ? target.replace(SOCKET, (_, scheme: string) => `${scheme}${place.path}`)
    : target.replace(AUTHORITY, `${place.host}:${place.port}`);
}
