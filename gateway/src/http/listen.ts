import { lstat, unlink } from "node:fs/promises";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { ConfigError, formatAddress, parseAddress } from "@theseus/kit";

/**
 * Listens at `unix:/path` (open to this user alone) or `host:port`, and answers the address with its actual port.
 * Throws ConfigError for LISTEN when that cannot be.
 */
export async function listen(server: Server, text: string): Promise<string> {
  const address = parseAddress(text);
  try {
    if (!address) throw new Error("it is not an address");
    if ("path" in address) await removeStaleSocket(address.path);
    await bind(
      server,
      "path" in address ? { path: address.path } : { host: address.host, port: address.port },
    );
    if ("path" in address) return text;
    return formatAddress({ host: address.host, port: (server.address() as AddressInfo).port });
  } catch (cause) {
    const problem = `cannot listen there: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new ConfigError([{ variable: "LISTEN", given: text, problem }], { cause });
  }
}

/** The mask holds while the socket is made: a chmod afterwards would leave it open for a moment. */
function bind(
  server: Server,
  where: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const mask = process.umask(0o177);
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
    process.umask(mask);
  });
}

/** Removes the socket of a process that is gone; never one that somebody answers at, nor another kind of file. */
async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return;
  if (!found.isSocket()) throw new Error("the file exists and is not a socket");
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
  if (answered) throw new Error("another process listens there");
  await unlink(path);
}
