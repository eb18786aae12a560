import { createConnection } from "node:net";
import type { HealthCheck } from "../process/health-watch.js";
import { withMongo } from "./mongo-client.js";
import type { StoreUser } from "./store-users.js";

interface RedisPlace {
  readonly socket: string;
  readonly user: StoreUser;
}

/** Redis answers PING with an error while it cannot write, so that its answer speaks for its disk as well. */
export function redisHealth(place: RedisPlace): HealthCheck {
  return async (timeoutMs) => {
    const said = await ping(place, timeoutMs);
    // While it loads its data it answers -LOADING: it is on its way.
    return /^(\+PONG|-LOADING)/.test(said) ? undefined : said;
  };
}

/** The line with which Redis answers PING, or what it has against the user; rejects when there is none. */
export function ping({ socket, user }: RedisPlace, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket);
    let said = "";
    connection.setTimeout(timeoutMs, () => connection.destroy(new Error("it does not answer")));
    connection.once("error", reject);
    connection.once("close", () => reject(new Error("the connection ended")));
    connection.on("data", (data) => {
      said += data;
      const [first = "", second, ...more] = said.split("\r\n");
      if (second === undefined || (first === "+OK" && more.length === 0)) return;
      resolve(first === "+OK" ? second : first);
      connection.destroy();
    });
    connection.write(`AUTH ${user.name} ${user.password}\r\nPING\r\n`);
  });
}

/** The database of the supervisor's own in a store that speaks MongoDB's protocol. */
export const healthDatabase = "theseus_health";

/**
 * Writes a document durably, in a database of the supervisor's own, and reads it: a store whose disk was full may answer
 * a ping for ever and fail every write. Whoever answers has to prove first that it knows the supervisor's password:
 * somebody else on the store's port is not well.
 */
export function mongoHealth(url: string): HealthCheck {
  return (timeoutMs) =>
    withMongo(url, { timeoutMs }, async (client) => {
      const health = client.db(healthDatabase).collection<{ readonly _id: string }>("health");
      const byId = { _id: "supervisor" };
      await health.updateOne(byId, { $set: { at: Math.floor(Date.now() / 1000) } }, { upsert: true });
      await health.findOne(byId);
      return undefined;
    });
}
