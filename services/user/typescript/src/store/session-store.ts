import { type Collection, isFirst, type Mongo } from "@theseus/mongo";
import type { StoredRefreshToken, StoredSession } from "../rules/session.js";
import type { ActiveUser } from "../rules/user.js";

export interface SessionStore {
  insert(session: StoredSession): Promise<void>;
  find(id: string): Promise<StoredSession | undefined>;
  /** Extends the session to a time, unless it lasts longer already; false when it has ended. */
  extend(id: string, expireTime: Date): Promise<boolean>;
  /** Does nothing to a session that has ended. */
  end(id: string): Promise<void>;
  /** Removes the documents of sessions that have ended with their user. */
  forgetAllOf(user: string): Promise<void>;
  /** Removes the documents of sessions that the latest change of the user's password has ended. */
  forgetEnded(user: ActiveUser): Promise<void>;
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
    find: (id) => sessions(async (c) => (await c.findOne({ _id: id })) ?? undefined),
    extend: (id, expireTime) =>
      sessions(async (c) => {
        const { matchedCount } = await c.updateOne({ _id: id }, { $max: { expire_time: expireTime } });
        return matchedCount === 1;
      }),
    end: (id) => sessions(async (c) => void (await c.deleteOne({ _id: id }))),
    forgetAllOf: (user) => sessions(async (c) => void (await c.deleteMany({ user }))),
    forgetEnded: ({ _id: user, password_changes = 0, kept_session = "" }) =>
      sessions(async (c) => {
        // A session that was begun with the new password stays.
        const older = { $not: { $gte: password_changes } };
        await c.deleteMany({ user, _id: { $ne: kept_session }, password_changes: older });
      }),
    findToken: (id) => tokens(async (c) => (await c.findOne({ _id: id })) ?? undefined),
    insertToken: (token) => tokens((c) => isFirst(c.insertOne(token))),
  };
}
