import { createHash } from "node:crypto";
import { createConnection } from "node:net";
import type { Db } from "mongodb";
import { withMongo } from "./mongo-client.js";

const timeoutMs = 5_000;

/** A text that is another one as soon as anything was written to a Redis on a unix socket. */
export function redisContent(url: string): Promise<string> {
  const { pathname, username, password } = new URL(url);
  return new Promise((resolve, reject) => {
    const connection = createConnection(decodeURIComponent(pathname));
    let said = "";
    connection.setTimeout(timeoutMs, () => connection.destroy(new Error("the store does not answer")));
    connection.once("error", reject);
    connection.once("close", () => reject(new Error(`the store does not tell its changes: ${said}`)));
    connection.on("data", (data) => {
      said += data;
      const [, changes] = /rdb_changes_since_last_save:(\d+)/.exec(said) ?? [];
      if (changes === undefined) return;
      resolve(changes);
      connection.destroy();
    });
    connection.write(`AUTH ${username} ${password}\r\nINFO persistence\r\n`);
  });
}

/** A text that is another one when the collections, the indexes or the documents of a MongoDB database are. */
export function mongoContent(url: string): Promise<string> {
  return withMongo(url, { timeoutMs }, async (client) => {
    const db = client.db();
    const hash = createHash("sha256");
    for (const name of await collectionNames(db))
      hash.update(JSON.stringify(await collectionContent(db, name)));
    return hash.digest("hex");
  });
}

/** All documents of a MongoDB database, by collection and in the order of their ids, as JSON has them. */
export function mongoDocuments(url: string): Promise<Readonly<Record<string, readonly unknown[]>>> {
  return withMongo(url, { timeoutMs }, async (client) => {
    const db = client.db();
    const found: Record<string, readonly unknown[]> = {};
    for (const name of await collectionNames(db)) found[name] = await documentsOf(db, name);
    return JSON.parse(JSON.stringify(found));
  });
}

async function collectionNames(db: Db): Promise<readonly string[]> {
  return (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
}

function documentsOf(db: Db, name: string): Promise<readonly unknown[]> {
  return db.collection(name).find().sort({ _id: 1 }).toArray();
}

async function collectionContent(db: Db, name: string): Promise<unknown> {
  const indexes = (await db.collection(name).indexes()).map(({ key }) => JSON.stringify(key));
  return [name, indexes.sort(), await documentsOf(db, name)];
}
