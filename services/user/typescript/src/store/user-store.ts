import { ErrorReason, StatusError } from "@theseus/kit";
import { type Collection, type Db, isFirst, type Mongo } from "@theseus/mongo";
import type { ActiveUser, DeletedUser, StoredUser } from "../rules/user.js";

export interface UserStore {
  find(id: string): Promise<StoredUser | undefined>;
  findByEmail(emailKey: string): Promise<ActiveUser | undefined>;
  findByRequest(requestKey: string): Promise<StoredUser | undefined>;
  /** Users after an id in the order of ids. */
  list(range: UserRange): Promise<readonly StoredUser[]>;
  /** False when the address or the request id is another user's. */
  insert(user: ActiveUser): Promise<boolean>;
  /** False when the stored version is not the one before. Throws EMAIL_TAKEN. */
  update(user: ActiveUser): Promise<boolean>;
  /** Replaces the whole document; false as for update. */
  erase(user: DeletedUser): Promise<boolean>;
}

export interface UserRange {
  readonly after: string;
  readonly limit: number;
  readonly deletedToo: boolean;
}

export function createUserStore(database: Mongo): UserStore {
  const on = <T>(operation: (users: Collection<StoredUser>) => Promise<T>) =>
    database.run((db: Db) => operation(db.collection<StoredUser>("users")));
  return {
    find: (id) => on(async (users) => (await users.findOne({ _id: id })) ?? undefined),
    findByEmail: (emailKey) => on(async (users) => active(await users.findOne({ email_key: emailKey }))),
    findByRequest: (requestKey) =>
      on(async (users) => (await users.findOne({ request_key: requestKey })) ?? undefined),
    list: ({ after, limit, deletedToo }) =>
      on((users) =>
        users
          .find({ _id: { $gt: after }, ...(!deletedToo && { state: "ACTIVE" as const }) })
          .sort({ _id: 1 })
          .limit(limit)
          .toArray(),
      ),
    insert: (user) => on((users) => isFirst(users.insertOne(user))),
    update: (user) => on((users) => update(users, user)),
    erase: ({ _id, ...rest }) =>
      on(
        async (users) =>
          (await users.replaceOne({ _id, version: rest.version - 1 }, rest)).matchedCount === 1,
      ),
  };
}

async function update(users: Collection<StoredUser>, { _id, ...fields }: ActiveUser): Promise<boolean> {
  let matched = 0;
  const written = users.updateOne({ _id, version: fields.version - 1 }, { $set: fields }).then((result) => {
    matched = result.matchedCount;
  });
  if (!(await isFirst(written))) throw emailTaken();
  return matched === 1;
}

export function emailTaken(): StatusError {
  return new StatusError(ErrorReason.EMAIL_TAKEN, "another user has this e-mail address");
}

function active(user: StoredUser | null): ActiveUser | undefined {
  return user?.state === "ACTIVE" ? user : undefined;
}
