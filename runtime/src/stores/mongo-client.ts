import { MongoClient, type MongoClientOptions } from "mongodb";

interface MongoClientLimits extends MongoClientOptions {
  /** How long each answer may take. */
  readonly timeoutMs: number;
}

/** Runs an operation over connections of its own, each of them authenticated anew, in both directions. */
export async function withMongo<T>(
  url: string,
  { timeoutMs, ...options }: MongoClientLimits,
  run: (client: MongoClient) => Promise<T>,
): Promise<T> {
  const client = new MongoClient(url, {
    ...options,
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    socketTimeoutMS: timeoutMs,
    serverMonitoringMode: "poll",
    retryWrites: false,
    retryReads: false,
  });
  try {
    await client.connect();
    return await run(client);
  } finally {
    await client.close();
  }
}
