import { array, boolean, document, int, mongoCommand, nested, string } from "../src/stores/mongo-wire.js";

/** Inserts `{_id: id}` into `ships` with one OP_MSG and says how many were inserted. */
export async function insert(url: string, id: string): Promise<number> {
  const documents = array("documents", [document(string("_id", id))]);
  const concern = nested("writeConcern", document(int("w", 1), boolean("j", true)));
  const reply = await command(url, document(string("insert", "ships"), documents, concern, db(url)));
  return reply.readInt32LE(reply.indexOf("\x10n\0", 0, "latin1") + 3);
}

/** The ids in `ships`, one first batch. */
export async function documents(url: string): Promise<readonly string[]> {
  const reply = await command(url, document(string("find", "ships"), db(url)));
  return [...reply.toString("latin1").matchAll(/_id\0.{4}([a-z]+)\0/gs)].map((match) => match[1] ?? "");
}

const command = (url: string, body: Buffer) => mongoCommand(Number(new URL(url).port), body);
const db = (url: string) => string("$db", new URL(url).pathname.slice(1));
