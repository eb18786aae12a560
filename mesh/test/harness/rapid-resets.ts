import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import type { Identity } from "../../src/identity/index.js";

const PREFACE = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(4, 0, 0)]);
const HEADERS = 1;
const RST_STREAM = 3;
const END_HEADERS = 4;
const CANCEL = Buffer.from([0, 0, 0, 8]);
const MOST = 2_000_000;

/**
 * Asks for the method and takes it back at once, again and again, until the other side closes the connection.
 * Frames are written as bytes, since the HTTP/2 client of Node.js stops to write when so much is reset.
 *
 * @returns how many requests were written
 */
export async function resetUntilClosed(port: number, path: string, identity: Identity): Promise<number> {
  const socket = await connected(port, identity);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(PREFACE);
  const headers = headerBlock(path);
  let stream = 1;
  while (socket.writable && stream < MOST) {
    const frames: Buffer[] = [];
    for (let each = 0; each < 100; each++, stream += 2)
      frames.push(frame(HEADERS, END_HEADERS, stream, headers), frame(RST_STREAM, 0, stream, CANCEL));
    socket.write(Buffer.concat(frames));
    await setImmediate();
  }
  socket.destroy();
  await closed;
  return (stream - 1) / 2;
}

async function connected(port: number, identity: Identity): Promise<TLSSocket> {
  const socket = connect({
    host: "127.0.0.1",
    port,
    cert: identity.certificate,
    key: identity.privateKey,
    ca: identity.trustBundle,
    ALPNProtocols: ["h2"],
    checkServerIdentity: () => undefined,
  });
  await once(socket, "secureConnect");
  return socket.on("error", () => undefined).resume();
}

function headerBlock(path: string): Buffer {
  const headers = {
    ":method": "POST",
    ":scheme": "https",
    ":authority": "peer.mesh",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
  };
  // Literal fields with new names, which no table is needed for.
  return Buffer.concat(
    Object.entries(headers).flatMap((field) => [Buffer.from([0]), ...field.map(lengthPrefixed)]),
  );
}

/** @param text  shorter than 127 bytes, whose length is one byte */
function lengthPrefixed(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
}

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
