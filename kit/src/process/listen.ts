import { chmod, lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { ConfigError } from "./config-error.js";
import { type Address, formatAddress, parseAddress } from "./listen-address.js";

/** Starts a server at an address. Resolves when it listens, with its actual port where it has one. */
export type Bind = (address: Address) => Promise<number | undefined>;

/**
 * Listens at `unix:/path` or `host:port`, whatever kind of server `bind` starts. A unix socket has mode 0600, and takes
 * the place of one whose process is gone.
 *
 * @returns the address, with the actual port
 * @throws ConfigError for LISTEN when it cannot listen there
 */
export async function listenAt(text: string, bind: Bind): Promise<string> {
  const address = parseAddress(text);
  try {
    if (address === undefined) throw new Error("neither unix:/path (at most 107 bytes) nor host:port");
    if (!("path" in address))
      return formatAddress({ ...address, port: (await bind(address)) ?? address.port });
    await removeStaleSocket(address.path);
    await privately(() => bind(address));
    await chmod(address.path, 0o600);
    return text;
  } catch (cause) {
    const problem = `cannot listen there: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new ConfigError([{ variable: "LISTEN", given: text, problem }], { cause });
  }
}

/** How many sockets are being made, and the mask that the process has without them. */
let making = 0;
let usualMask = 0;

/**
 * Runs with a mask that keeps others out, since a chmod alone would leave the socket open to them for a moment. The
 * mask holds until `bind` resolves, because grpc-js makes its socket only after the call has returned; with grpc-js and
 * with node:http alike that is still the same turn of the event loop, so nothing that waits for I/O runs meanwhile.
 *
 * The mask is the whole process's. So of several at once the last one restores it, and it takes no right from the owner:
 * a file or folder that something else makes at that moment is private, but can be used.
 */
async function privately(bind: () => Promise<unknown>): Promise<void> {
  if (making === 0) usualMask = process.umask(0o077);
  making += 1;
  try {
    await bind();
  } finally {
    making -= 1;
    if (making === 0) process.umask(usualMask);
  }
}

/** Removes the socket of a process that is gone; never one that somebody answers at, nor another kind of file. */
async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`${path} exists and is not a socket`);
  if (await answers(path)) throw new Error(`another process listens on ${path}`);
  await unlink(path);
}

/** False only when the kernel says that nobody listens: a full queue or a lack of rights is somebody's. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") resolve(false);
      else if (error.code === "EAGAIN" || error.code === "EACCES") resolve(true);
      else reject(error);
    });
  });
}
