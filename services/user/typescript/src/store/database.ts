import { type Db, type Mongo, type MongoAccess, openMongo } from "@theseus/mongo";

export function openDatabase(access: MongoAccess): Mongo {
  return openMongo({ ...access, name: "user", prepare: createIndexes });
}

async function createIndexes(db: Db): Promise<void> {
  await db.collection("users").createIndexes([
    { key: { email_key: 1 }, name: "email_key", unique: true, ...whereThere("email_key") },
    { key: { request_key: 1 }, name: "request_key", unique: true, ...whereThere("request_key") },
  ]);
  const cleaning = { key: { expire_time: 1 }, name: "expire_time", expireAfterSeconds: 86_400 } as const;
  await db.collection("sessions").createIndexes([{ key: { user: 1 }, name: "user" }, cleaning]);
  await db.collection("refresh_tokens").createIndexes([cleaning]);
  await db.collection("quota_uses").createIndexes([{ ...cleaning, expireAfterSeconds: 0 }]);
}

function whereThere(field: string) {
  return { partialFilterExpression: { [field]: { $exists: true } } };
}
