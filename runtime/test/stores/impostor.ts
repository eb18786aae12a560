import { createServer, type Server, type Socket } from "node:net";
import { BSON, type Document } from "mongodb";

/** Speaks MongoDB's protocol on a port, and lets everybody in without knowing any password. */
export interface Impostor extends AsyncDisposable {
  /** Names of the commands that it was sent. */
  readonly heard: readonly string[];
}

export async function startImpostor(port: number): Promise<Impostor> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    let buffered = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 4 && buffered.length >= buffered.readInt32LE(0)) {
        const length = buffered.readInt32LE(0);
        const command = readCommand(buffered.subarray(0, length));
        heard.push(Object.keys(command)[0] ?? "");
        socket.write(reply(buffered, answer(command)));
        buffered = buffered.subarray(length);
      }
    });
  });
  await listening(server, port);
  return {
    heard,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

/** What a server says that takes any proof, and proves nothing itself. */
function answer(command: Document): Document {
  if ("saslStart" in command) {
    const [, nonce = ""] = /r=(.+)$/.exec(textOf(command.payload)) ?? [];
    const salt = Buffer.alloc(28, 7).toString("base64");
    return { ok: 1, conversationId: 1, done: false, payload: payload(`r=${nonce}more,s=${salt},i=15000`) };
  }
  if ("saslContinue" in command) {
    const proof = Buffer.alloc(32, 7).toString("base64");
    return { ok: 1, conversationId: 1, done: true, payload: payload(`v=${proof}`) };
  }
  return { ok: 1, isWritablePrimary: true, helloOk: true, minWireVersion: 0, maxWireVersion: 21 };
}

const payload = (text: string) => new BSON.Binary(Buffer.from(text));
const textOf = (binary: BSON.Binary) => Buffer.from(binary.buffer).toString();

const OP_QUERY = 2004;
const OP_MSG = 2013;

function readCommand(message: Buffer): Document {
  if (message.readInt32LE(12) === OP_MSG)
    return BSON.deserialize(message.subarray(21), { promoteBuffers: false });
  // OP_QUERY: flags, the collection's name, skip and limit stand before the document.
  return BSON.deserialize(message.subarray(message.indexOf(0, 20) + 9));
}

/** In the format of the request: OP_REPLY for OP_QUERY, OP_MSG for OP_MSG. */
function reply(request: Buffer, body: Document): Buffer {
  const isQuery = request.readInt32LE(12) === OP_QUERY;
  const head = Buffer.alloc(isQuery ? 36 : 21);
  const bytes = BSON.serialize(body);
  head.writeInt32LE(head.length + bytes.length, 0);
  head.writeInt32LE(request.readInt32LE(4), 8);
  head.writeInt32LE(isQuery ? 1 : OP_MSG, 12);
  if (isQuery) head.writeInt32LE(1, 32);
  return Buffer.concat([head, bytes]);
}
