import { type Collection, MongoClient } from "mongodb";

interface Ship {
  readonly _id: string;
}

/** Inserts a ship durably. */
export function insert(url: string, id: string): Promise<void> {
  return inShips(url, async (ships) => void (await ships.insertOne({ _id: id })));
}

/** The ids of all ships. */
export function documents(url: string): Promise<readonly string[]> {
  return inShips(url, async (ships) => (await ships.find().toArray()).map(({ _id }) => _id));
}

async function inShips<T>(url: string, run: (ships: Collection<Ship>) => Promise<T>): Promise<T> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 });
  try {
    return await run(client.db().collection<Ship>("ships"));
  } finally {
    await client.close();
  }
}
