import { type Collection, isFirst, type Mongo } from "@theseus/mongo";
import type { StoredUses } from "../rules/quota-use.js";

export interface QuotaStore {
  find(id: string): Promise<StoredUses | undefined>;
  /** Writes the document in the place of the one before, or as a new one; false when another write came first. */
  write(uses: StoredUses, before: StoredUses | undefined): Promise<boolean>;
}

export function createQuotaStore(database: Mongo): QuotaStore {
  const on = <T>(operation: (uses: Collection<StoredUses>) => Promise<T>) =>
    database.run((db) => operation(db.collection<StoredUses>("quota_uses")));
  return {
    find: (id) => on(async (c) => (await c.findOne({ _id: id })) ?? undefined),
    write: ({ _id, ...fields }, before) =>
      on(async (c) => {
        if (before === undefined) return isFirst(c.insertOne({ _id, ...fields }));
        const { matchedCount } = await c.updateOne({ _id, version: before.version }, { $set: fields });
        return matchedCount === 1;
      }),
  };
}
