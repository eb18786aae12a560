import { Role, User, UserState } from "@theseus/contract/theseus/user/v1/user.js";
import { startMongo } from "@theseus/runtime";
import { asUser, createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import {
  asAdmin,
  connect,
  inCollection,
  newEmail,
  outcome,
  PASSWORD,
  type RunningUser,
  register,
  registration,
  runUser,
  tally,
  untilDecided,
} from "./support/running-user.js";

describe("UserService.CreateUser", () => {
  let user: RunningUser;
  before(async () => {
    user = await runUser();
  });
  after(() => user[Symbol.asyncDispose]());

  it("answers the new user", async () => {
    const before = Date.now();
    const created = await register(user.client, { email: "Grace.Hopper@Shop.test", displayName: "Grace" });
    expect(created.name).to.match(/^users\/[a-z0-9-]{1,64}$/);
    expect(created).to.deep.include({ email: "Grace.Hopper@Shop.test", displayName: "Grace" });
    expect(created).to.deep.include({ roles: [Role.ROLE_CUSTOMER], state: UserState.USER_STATE_ACTIVE });
    expect(created.createTime?.getTime()).to.be.within(before, Date.now());
    expect(created.updateTime).to.deep.equal(created.createTime);
    expect(created.deleteTime).to.equal(undefined);
    expect(created.etag).to.not.equal("");
    expect(created.password).to.equal("");
  });

  it("grants no role and takes over no field but the three", async () => {
    const request = registration();
    const wanted = { ...request.user, name: "users/mine", roles: [Role.ROLE_ADMIN], state: 2, etag: "x" };
    const created = await user.client.createUser({ ...request, user: User.fromPartial(wanted) });
    expect(created.roles).to.deep.equal([Role.ROLE_CUSTOMER]);
    expect(created.name).to.not.equal("users/mine");
    expect(created.state).to.equal(UserState.USER_STATE_ACTIVE);
  });

  it("refuses the address of an active user in any case", async () => {
    const email = newEmail();
    await register(user.client, { email });
    expect(await outcome(register(user.client, { email: email.toUpperCase() }))).to.equal("EMAIL_TAKEN");
  });

  it("gives the address of a deleted user to the next", async () => {
    const email = newEmail();
    const { name } = await register(user.client, { email });
    await user.client.deleteUser({ name, etag: "", allowMissing: false }, asUser(name));
    expect(await outcome(register(user.client, { email }))).to.equal("OK");
  });

  it("answers a repeat with the first result, whatever has changed since", async () => {
    const request = registration();
    const first = await user.client.createUser(request);
    const changed = { ...first, email: newEmail(), displayName: "Countess", etag: "" };
    await user.client.updateUser({ user: changed, updateMask: undefined }, asUser(first.name));
    expect(await user.client.createUser(request)).to.deep.equal(first);
  });

  it("answers a repeat after the user was deleted with the user as it is", async () => {
    const request = registration();
    const { name } = await user.client.createUser(request);
    await user.client.deleteUser({ name, etag: "", allowMissing: false }, asUser(name));
    const again = await user.client.createUser(request);
    expect(again).to.deep.equal(await user.client.getUser({ name }, asAdmin));
    expect(again).to.deep.include({ name, email: "", displayName: "", state: UserState.USER_STATE_DELETED });
  });

  it("refuses a request id that was used for another request", async () => {
    const request = registration();
    await user.client.createUser(request);
    const email = request.user?.email ?? "";
    const { requestId } = request;
    const others = [
      { email: newEmail(), requestId },
      { email: email.toUpperCase(), requestId },
      { email, requestId, displayName: "Eve" },
      { email, requestId, password: `${PASSWORD}!` },
    ];
    for (const other of others) {
      expect(await outcome(register(user.client, other))).to.equal("REQUEST_ID_REUSED");
    }
  });

  it("tells the request ids of different callers apart", async () => {
    const request = registration();
    const mine = await user.client.createUser(request);
    const theirs = { ...request, user: { ...mine, email: newEmail(), password: PASSWORD } };
    const other = await user.client.createUser(theirs, asAdmin);
    expect(other.name).to.not.equal(mine.name);
    expect(await user.client.createUser(theirs, asAdmin)).to.deep.equal(other);
  });

  it("lets exactly one of 32 at once have an address", async () => {
    const email = newEmail();
    const second = connect(user.address);
    const outcomes = await Promise.all(
      Array.from({ length: 32 }, (_, index) => {
        const request = registration({ email });
        const client = index % 2 ? second : user.client;
        return outcome(untilDecided(() => client.createUser(request)));
      }),
    );
    await second[Symbol.asyncDispose]();
    expect(tally(outcomes)).to.deep.equal({ OK: 1, EMAIL_TAKEN: 31 });
    const stored = await inCollection(user.url, "users", (c) => c.countDocuments({ email_key: email }));
    expect(stored).to.equal(1);
  });

  it("answers the same request, sent 12 times at once, with one user", async () => {
    const request = registration();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => untilDecided(() => user.client.createUser(request))),
    );
    for (const answer of answers) expect(answer).to.deep.equal(answers[0]);
  });

  it("repeats the first result after store and service were started again", async () => {
    using folder = createScratchFolder();
    const request = registration();
    const run = async () => {
      await using store = await startMongo({ dir: folder.path });
      await using server = await runUser({ mongodbUrl: store.url });
      const answer = await server.client.createUser(request);
      await store.kill();
      return answer;
    };
    const first = await run();
    expect(await run()).to.deep.equal(first);
  });
});
