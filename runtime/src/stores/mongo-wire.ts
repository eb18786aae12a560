import { connect } from "node:net";

/** MongoDB's wire protocol as far as a question about health needs it: one OP_MSG and its reply. */
export function mongoCommand(port: number, body: Buffer, timeoutMs = 10_000): Promise<Buffer> {
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(1, 4);
  head.writeInt32LE(2013, 12);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1");
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection ended")));
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      const reply = Buffer.concat(chunks);
      if (reply.length < 4 || reply.length < reply.readInt32LE(0)) return;
      resolve(reply);
      socket.destroy();
    });
    socket.write(Buffer.concat([head, body]));
  });
}

/** What a reply complains about; undefined for a success. */
export function mongoProblem(reply: Buffer): string | undefined {
  const at = reply.indexOf("\x02errmsg\0", 0, "latin1");
  if (at >= 0) {
    const text = at + "\x02errmsg\0".length;
    return reply.toString("utf8", text + 4, text + 3 + reply.readInt32LE(text));
  }
  const ok = reply.indexOf("\x01ok\0", 0, "latin1");
  return ok >= 0 && reply.readDoubleLE(ok + 4) === 1 ? undefined : "it refuses a command";
}

const name = (text: string) => Buffer.from(`${text}\0`);

/** A BSON document of the elements that the functions below make. */
export function document(...elements: readonly Buffer[]): Buffer {
  const body = Buffer.concat([...elements, Buffer.from([0])]);
  const length = Buffer.alloc(4);
  length.writeInt32LE(body.length + 4);
  return Buffer.concat([length, body]);
}

function element(type: number, key: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), name(key), value]);
}

export function int(key: string, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return element(0x10, key, bytes);
}

export function string(key: string, value: string): Buffer {
  const text = name(value);
  const length = Buffer.alloc(4);
  length.writeInt32LE(text.length);
  return element(0x02, key, Buffer.concat([length, text]));
}

export function boolean(key: string, value: boolean): Buffer {
  return element(0x08, key, Buffer.from([value ? 1 : 0]));
}

export function nested(key: string, value: Buffer): Buffer {
  return element(0x03, key, value);
}

export function array(key: string, items: readonly Buffer[]): Buffer {
  return element(0x04, key, document(...items.map((item, index) => nested(String(index), item))));
}
