import { type Document, MongoClient } from "mongodb";

/** Runs one command in the URL's database: `ok`, or what the store has against it. */
export async function mongo(url: string, command: Document): Promise<string> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000, retryWrites: false });
  try {
    const { writeErrors = [] } = await client.db().command(command);
    return writeErrors.length === 0 ? "ok" : String(writeErrors[0].errmsg);
  } catch (error) {
    return String(error);
  } finally {
    await client.close();
  }
}
