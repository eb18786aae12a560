import { Role, User, UserState } from "@theseus/contract/theseus/user/v1/user.js";
import type { StatusError } from "@theseus/kit";
import { asUser } from "@theseus/testing";
import { expect } from "chai";
import {
  asAdmin,
  holding,
  inCollection,
  newEmail,
  outcome,
  PASSWORD,
  type RunningUser,
  refusal,
  register,
  runUser,
} from "./support/running-user.js";

let user: RunningUser;

describe("UserService, users", () => {
  before(async () => {
    user = await runUser();
  });
  after(() => user[Symbol.asyncDispose]());

  describe("GetUser", () => {
    it("answers users themselves, administrators and workloads on their own behalf", async () => {
      const created = await register(user.client);
      const { name } = created;
      for (const options of [asUser(name), asAdmin, {}]) {
        expect(await user.client.getUser({ name }, options)).to.deep.equal(created);
      }
    });

    it("answers another user's name and a missing one with the same bytes", async () => {
      const [mine, theirs] = [await register(user.client), await register(user.client)];
      const missing = "users/nobody";
      const change = (name: string) => User.fromPartial({ name, displayName: "Mallory" });
      const calls = [
        (name: string) => user.client.getUser({ name }, asUser(mine.name)),
        (name: string) =>
          user.client.updateUser({ user: change(name), updateMask: undefined }, asUser(mine.name)),
        (name: string) =>
          user.client.updateUser({ user: change(name), updateMask: ["nonsense"] }, asUser(mine.name)),
        (name: string) => user.client.deleteUser({ name, etag: "1", allowMissing: false }, asUser(mine.name)),
        (name: string) =>
          user.client.changePassword(
            { name, currentPassword: PASSWORD, newPassword: PASSWORD },
            asUser(mine.name),
          ),
      ];
      for (const call of calls) {
        const refused = await refusal(call(theirs.name));
        expect(refused.code).to.equal(5);
        expect(bytesOf(refused)).to.deep.equal(bytesOf(await refusal(call(missing))));
      }
    });
  });

  describe("ListUsers", () => {
    it("is for administrators", async () => {
      const request = { pageSize: 0, pageToken: "", showDeleted: false };
      expect(await outcome(user.client.listUsers(request, asUser("users/x")))).to.equal("CALLER_DENIED");
      expect(await outcome(user.client.listUsers(request))).to.equal("TOKEN_MISSING");
    });

    it("answers every user once, in the order of names, while others register", async () => {
      await using fresh = await runUser();
      const before = await Promise.all(Array.from({ length: 9 }, () => register(fresh.client)));
      const names: string[] = [];
      let pageToken = "";
      do {
        const page = await fresh.client.listUsers({ pageSize: 4, pageToken, showDeleted: false }, asAdmin);
        names.push(...page.users.map(({ name }) => name));
        pageToken = page.nextPageToken;
        await register(fresh.client);
      } while (pageToken !== "" && names.length < 100);
      expect(names).to.deep.equal([...new Set(names)].sort());
      expect(names).to.include.members(before.map(({ name }) => name));
    });

    it("has no next page after exactly the last user", async () => {
      await using fresh = await runUser();
      await Promise.all([register(fresh.client), register(fresh.client)]);
      const page = await fresh.client.listUsers({ pageSize: 2, pageToken: "", showDeleted: false }, asAdmin);
      expect(page.users).to.have.length(2);
      expect(page.nextPageToken).to.equal("");
    });

    it("shows deleted users when asked, without personal data", async () => {
      await using fresh = await runUser();
      const { name } = await register(fresh.client);
      await fresh.client.deleteUser({ name, etag: "", allowMissing: false }, asUser(name));
      const listed = async (showDeleted: boolean) =>
        (await fresh.client.listUsers({ pageSize: 0, pageToken: "", showDeleted }, asAdmin)).users;
      expect(await listed(false)).to.deep.equal([]);
      const [deleted] = await listed(true);
      expect(deleted).to.deep.include({
        name,
        email: "",
        displayName: "",
        state: UserState.USER_STATE_DELETED,
      });
    });

    it("refuses a page token of another filter, a damaged one and a negative size", async () => {
      await using fresh = await runUser();
      await Promise.all([register(fresh.client), register(fresh.client)]);
      const list = (pageSize: number, pageToken: string, showDeleted = false) =>
        fresh.client.listUsers({ pageSize, pageToken, showDeleted }, asAdmin);
      const { nextPageToken } = await list(1, "");
      expect(await outcome(list(2, nextPageToken))).to.equal("OK");
      expect(await outcome(list(1, nextPageToken, true))).to.equal("PAGE_TOKEN_INVALID");
      expect(await outcome(list(1, `${nextPageToken}A`))).to.equal("PAGE_TOKEN_INVALID");
      expect(await outcome(list(-1, ""))).to.equal("VALIDATION_FAILED");
    });
  });

  describe("UpdateUser", () => {
    it("changes what the mask names and nothing else", async () => {
      const before = await register(user.client, { displayName: "Ada" });
      const given = { ...before, displayName: "Countess", email: newEmail(), roles: [Role.ROLE_ADMIN] };
      const after = await update(given, ["display_name"]);
      const { etag, updateTime, ...rest } = after;
      const { etag: _etag, updateTime: _updateTime, ...same } = before;
      expect(rest).to.deep.equal({ ...same, displayName: "Countess" });
      expect(etag).to.not.equal(before.etag);
      expect(updateTime?.getTime()).to.be.at.least(before.updateTime?.getTime() ?? Number.NaN);
    });

    it("changes what is set when there is no mask, and all with *", async () => {
      const { name } = await register(user.client);
      const email = newEmail();
      expect(await update(User.fromPartial({ name, email }))).to.deep.include({ email, displayName: "Ada" });
      const whole = User.fromPartial({ name, email: newEmail(), displayName: "Lovelace" });
      expect(await update(whole, ["*"])).to.deep.include({ email: whole.email, displayName: "Lovelace" });
      const partial = User.fromPartial({ name, displayName: "Ada" });
      expect(await outcome(update(partial, ["*"]))).to.equal("VALIDATION_FAILED");
    });

    it("refuses paths that are unknown or not the caller's to set", async () => {
      const created = await register(user.client);
      for (const path of [
        "roles",
        "name",
        "state",
        "create_time",
        "password",
        "passwort",
        "displayName",
        "",
      ]) {
        expect(await outcome(update(created, ["email", path])), path).to.equal("FIELD_MASK_INVALID");
      }
    });

    it("leaves the password alone", async () => {
      const { name, email } = await register(user.client);
      const given = User.fromPartial({ name, email, displayName: "Ada", password: "another horse battery" });
      for (const mask of [undefined, ["*"]]) expect((await update(given, mask)).password).to.equal("");
      const short = User.fromPartial({ name, password: "short" });
      const { details } = await refusal(update(short));
      expect(details.violations).to.have.length(1);
      expect(details.violations[0]).to.deep.include({ field: "user.password", rule: "string.min_len" });
      expect(await outcome(user.client.signIn({ email, password: PASSWORD }))).to.equal("OK");
      expect(await outcome(user.client.signIn({ email, password: given.password }))).to.equal(
        "CREDENTIALS_INVALID",
      );
    });

    it("writes nothing when nothing changes", async () => {
      const created = await register(user.client);
      expect(await update(created)).to.deep.equal(created);
    });

    it("takes the current etag alone", async () => {
      const first = await register(user.client);
      const second = await update({ ...first, displayName: "One" });
      expect(await outcome(update({ ...first, displayName: "Two" }))).to.equal("ETAG_MISMATCH");
      expect(await outcome(update({ ...second, displayName: "Two" }))).to.equal("OK");
    });

    it("lets one of 16 changes of the same etag through, and all without one", async () => {
      const created = await register(user.client);
      const changes = (etag: string) =>
        Promise.all(
          Array.from({ length: 16 }, (_, index) =>
            outcome(update({ ...created, etag, displayName: `N${index}` })),
          ),
        );
      const outcomes = await changes(created.etag);
      expect(outcomes.filter((each) => each === "OK")).to.have.length(1);
      expect(outcomes.filter((each) => each === "ETAG_MISMATCH")).to.have.length(15);
      expect(new Set(await changes(""))).to.deep.equal(new Set(["OK"]));
    });

    it("refuses another active user's address and takes one's own in other case", async () => {
      const [first, second] = [await register(user.client), await register(user.client)];
      const taken = { ...second, email: first.email.toUpperCase(), etag: "" };
      expect(await outcome(update(taken))).to.equal("EMAIL_TAKEN");
      const shouted = first.email.toUpperCase();
      expect(await update({ ...first, email: shouted })).to.deep.include({ email: shouted });
    });
  });

  describe("DeleteUser", () => {
    it("erases every trace of the person and keeps the name", async () => {
      const email = newEmail();
      const { name } = await register(user.client, { email, displayName: "Unforgettable" });
      const session = await user.client.signIn({ email, password: PASSWORD });
      const answered = await user.client.deleteUser(
        { name, etag: "", allowMissing: false },
        holding(session),
      );
      const [_, id] = name.split("/");
      const stored = await inCollection(user.url, "users", (c) => c.findOne({ _id: `${id}` }));
      const kept = [
        ...["_id", "create_time", "delete_time", "request_key"],
        ...["roles", "state", "update_time", "version"],
      ];
      expect(Object.keys(stored ?? {}).sort()).to.deep.equal(kept);
      for (const collection of ["users", "sessions", "refresh_tokens"]) {
        const all = await inCollection(user.url, collection, (c) => c.find().toArray());
        expect(JSON.stringify(all)).to.not.include(email).and.not.include("Unforgettable");
      }
      const sessions = await inCollection(user.url, "sessions", (c) => c.countDocuments({ user: id }));
      expect(sessions).to.equal(0);
      const { refreshToken } = session;
      expect(await outcome(user.client.refreshSession({ refreshToken }))).to.equal("SESSION_INVALID");
      expect(await outcome(user.client.signIn({ email, password: PASSWORD }))).to.equal(
        "CREDENTIALS_INVALID",
      );
      expect(answered).to.deep.include({ email: "", displayName: "", roles: [Role.ROLE_CUSTOMER] });
      expect(answered.state).to.equal(UserState.USER_STATE_DELETED);
      expect(answered.deleteTime).to.deep.equal(answered.updateTime);
      expect(await user.client.getUser({ name }, asUser(name))).to.deep.equal(answered);
    });

    it("refuses a repeat, unless a missing user is allowed", async () => {
      const { name } = await register(user.client);
      const remove = (allowMissing: boolean, who = asUser(name)) =>
        user.client.deleteUser({ name, etag: "", allowMissing }, who);
      const deleted = await remove(true);
      expect(await outcome(remove(false))).to.equal("USER_NOT_FOUND");
      expect(await remove(true)).to.deep.equal(deleted);
      const never = { name: "users/nobody", etag: "", allowMissing: true };
      expect(await user.client.deleteUser(never, asAdmin)).to.deep.equal(User.fromPartial({}));
      expect(await outcome(update(User.fromPartial({ name, displayName: "Ghost" })))).to.equal(
        "USER_NOT_FOUND",
      );
    });

    it("answers the time of the last change for a user whose document has no time of its deletion", async () => {
      const { name } = await register(user.client);
      const deleted = await user.client.deleteUser({ name, etag: "", allowMissing: false }, asUser(name));
      const _id = name.split("/")[1] ?? "";
      await inCollection(user.url, "users", (c) => c.updateOne({ _id }, { $unset: { delete_time: "" } }));
      expect(await user.client.getUser({ name }, asUser(name))).to.deep.equal(deleted);
    });

    it("leaves another user alone, also when a missing one is allowed", async () => {
      const theirs = await register(user.client);
      const request = { name: theirs.name, etag: "", allowMissing: true };
      const answered = await user.client.deleteUser(request, asUser("users/mallory"));
      expect(answered).to.deep.equal(User.fromPartial({}));
      expect(await user.client.getUser({ name: theirs.name }, asAdmin)).to.deep.equal(theirs);
    });

    it("takes the current etag alone", async () => {
      const { name, etag } = await register(user.client);
      const remove = (given: string) =>
        user.client.deleteUser({ name, etag: given, allowMissing: false }, asAdmin);
      expect(await outcome(remove("0"))).to.equal("ETAG_MISMATCH");
      expect(await outcome(remove(etag))).to.equal("OK");
    });
  });
});

function update(given: User, updateMask?: string[]): Promise<User> {
  return user.client.updateUser({ user: given, updateMask }, asUser(given.name));
}

/** All of an answer that can be seen on the wire, apart from the time and the request's own id. */
function bytesOf(refused: StatusError): unknown {
  const { cause } = refused as {
    cause?: { metadata?: { toJSON(): Record<string, unknown[]> }; details?: string };
  };
  const { date: _date, ...trailers } = cause?.metadata?.toJSON() ?? {};
  expect(trailers).to.have.property("grpc-status-details-bin");
  return { trailers, details: cause?.details };
}
