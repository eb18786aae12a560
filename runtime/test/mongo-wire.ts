import { connect } from "node:net";

/** Inserts `{_id: id}` into `ships` with one OP_MSG and says how many were inserted. */
export async function insert(url: string, id: string): Promise<number> {
  const documents = array([document(string("_id", id))]);
  const concern = nested("writeConcern", document(int("w", 1), boolean("j", true)));
  const reply = await command(
    url,
    document(string("insert", "ships"), documents("documents"), concern, db(url)),
  );
  return reply.readInt32LE(reply.indexOf("\x10n\0", 0, "latin1") + 3);
}

/** The ids in `ships`, one first batch. */
export async function documents(url: string): Promise<readonly string[]> {
  const reply = await command(url, document(string("find", "ships"), db(url)));
  return [...reply.toString("latin1").matchAll(/_id\0.{4}([a-z]+)\0/gs)].map((match) => match[1] ?? "");
}

function command(url: string, body: Buffer): Promise<Buffer> {
  const { hostname, port } = new URL(url);
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(1, 4);
  head.writeInt32LE(2013, 12);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    socket.once("error", reject);
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      const reply = Buffer.concat(chunks);
      if (reply.length < 4 || reply.length < reply.readInt32LE(0)) return;
      socket.destroy();
      resolve(reply);
    });
    socket.write(Buffer.concat([head, body]));
  });
}

const name = (text: string) => Buffer.from(`${text}\0`);

function document(...elements: readonly Buffer[]): Buffer {
  const body = Buffer.concat([...elements, Buffer.from([0])]);
  const length = Buffer.alloc(4);
  length.writeInt32LE(body.length + 4);
  return Buffer.concat([length, body]);
}

function element(type: number, key: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), name(key), value]);
}

function int(key: string, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return element(0x10, key, bytes);
}

function string(key: string, value: string): Buffer {
  const text = name(value);
  const length = Buffer.alloc(4);
  length.writeInt32LE(text.length);
  return element(0x02, key, Buffer.concat([length, text]));
}

const boolean = (key: string, value: boolean) => element(0x08, key, Buffer.from([value ? 1 : 0]));
const nested = (key: string, value: Buffer) => element(0x03, key, value);
const db = (url: string) => string("$db", new URL(url).pathname.slice(1));

function array(items: readonly Buffer[]): (key: string) => Buffer {
  const body = document(...items.map((item, index) => element(0x03, String(index), item)));
  return (key) => element(0x04, key, body);
}
