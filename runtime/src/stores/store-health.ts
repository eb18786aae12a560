import { createConnection } from "node:net";
import type { HealthCheck } from "../process/health-watch.js";
import { array, boolean, document, int, mongoCommand, mongoProblem, nested, string } from "./mongo-wire.js";

/** Redis answers PING with an error while it cannot write, so that its answer speaks for its disk as well. */
export function redisHealth(socket: string): HealthCheck {
  return async (timeoutMs) => {
    const said = await ping(socket, timeoutMs);
    // While it loads its data it answers -LOADING: it is on its way.
    return /^(\+PONG|-LOADING)/.test(said) ? undefined : said;
  };
}

/** The line with which Redis answers PING; rejects when there is none. */
export function ping(socket: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket);
    connection.setTimeout(timeoutMs, () => connection.destroy(new Error("it does not answer")));
    connection.once("error", reject);
    connection.once("close", () => reject(new Error("the connection ended")));
    connection.once("data", (data) => {
      resolve(data.toString().trimEnd());
      connection.destroy();
    });
    connection.write("PING\r\n");
  });
}

/**
 * Writes a document durably, in a database of the supervisor's own, and reads it: a store whose disk was full may answer
 * a ping for ever and fail every write.
 */
export function mongoHealth(port: number): HealthCheck {
  const database = string("$db", "theseus_health");
  const byId = document(string("_id", "supervisor"));
  return async (timeoutMs) => {
    const change = nested("u", document(nested("$set", document(int("at", Math.floor(Date.now() / 1000))))));
    const write = document(
      string("update", "health"),
      array("updates", [document(nested("q", byId), change, boolean("upsert", true))]),
      nested("writeConcern", document(int("w", 1), boolean("j", true))),
      database,
    );
    const read = document(string("find", "health"), nested("filter", byId), int("limit", 1), database);
    for (const command of [write, read]) {
      const problem = mongoProblem(await mongoCommand(port, command, timeoutMs));
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}
