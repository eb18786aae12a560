import { type Collection, isFirst, type Mongo } from "@theseus/mongo";
import type { StoredRefreshToken, StoredSession } from "../rules/session.js";

export interface SessionStore {
  insert(session: StoredSession): Promise<void>;
  /** Extends the session to a time, unless it lasts longer already; false when it has ended. */
  extend(id: string, expireTime: Date): Promise<boolean>;
  /** Does nothing to a session that has ended. */
  end(id: string): Promise<void>;
  endAllOf(user: string): Promise<void>;
  findToken(id: string): Promise<StoredRefreshToken | undefined>;
  /** False when the session has a token of this generation: the one before was used. */
  insertToken(token: StoredRefreshToken): Promise<boolean>;
}

export function createSessionStore(database: Mongo): SessionStore {
  const sessions = <T>(operation: (c: Collection<StoredSession>) => Promise<T>) =>
    database.run((db) => operation(db.collection<StoredSession>("sessions")));
  const tokens = <T>(operation: (c: Collection<StoredRefreshToken>) => Promise<T>) =>
    database.run((db) => operation(db.collection<StoredRefreshToken>("refresh_tokens")));
  return {
    insert: (session) => sessions(async (c) => void (await isFirst(c.insertOne(session)))),
    extend: (id, expireTime) =>
      sessions(async (c) => {
        const { matchedCount } = await c.updateOne({ _id: id }, { $max: { expire_time: expireTime } });
        return matchedCount === 1;
      }),
    end: (id) => sessions(async (c) => void (await c.deleteOne({ _id: id }))),
    endAllOf: (user) => sessions(async (c) => void (await c.deleteMany({ user }))),
    findToken: (id) => tokens(async (c) => (await c.findOne({ _id: id })) ?? undefined),
    insertToken: (token) => tokens((c) => isFirst(c.insertOne(token))),
  };
}
