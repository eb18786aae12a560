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
  /** Writes all but what a change of the password writes; false when the stored version is not the one before. Throws EMAIL_TAKEN. */
  update(user: ActiveUser): Promise<boolean>;
  /** Writes what a change of the password changes and nothing else; false when the stored hash is not the one before. */
  changePassword(user: ActiveUser, before: string): Promise<boolean>;
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
    changePassword: (user, before) => on((users) => changePassword(users, user, before)),
    erase: ({ _id, ...rest }) =>
      on(
        async (users) =>
          (await users.replaceOne({ _id, version: rest.version - 1 }, rest)).matchedCount === 1,
      ),
  };
}

async function update(users: Collection<StoredUser>, user: ActiveUser): Promise<boolean> {
  const { _id, version, email, email_key, display_name, roles, update_time } = user;
  const fields = { version, email, email_key, display_name, roles, update_time };
  let matched = 0;
  const written = users.updateOne({ _id, version: version - 1 }, { $set: fields }).then((result) => {
    matched = result.matchedCount;
  });
  if (!(await isFirst(written))) throw emailTaken();
  return matched === 1;
}

async function changePassword(
  users: Collection<StoredUser>,
  { _id, password, password_changes, kept_session, registered }: ActiveUser,
  before: string,
): Promise<boolean> {
  const fields = {
    password,
    password_changes,
    ...(registered !== undefined && { registered }),
    ...(kept_session !== undefined && { kept_session }),
  };
  const nobodyIsKept = kept_session === undefined ? { $unset: { kept_session: "" as const } } : {};
  const { matchedCount } = await users.updateOne(
    { _id, password: before },
    { $set: fields, ...nobodyIsKept },
  );
  return matchedCount === 1;
}

export function emailTaken(): StatusError {
  return new StatusError(ErrorReason.EMAIL_TAKEN, "another user has this e-mail address");
}

function active(user: StoredUser | null): ActiveUser | undefined {
  return user?.state === "ACTIVE" ? user : undefined;
}
