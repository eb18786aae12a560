import { User } from "@theseus/contract/theseus/user/v1/user.js";
import { expect } from "chai";
import { type Forwarder, startForwarder } from "./support/forwarder.js";
import {
  as,
  asAdmin,
  newEmail,
  outcome,
  PASSWORD,
  type RunningUser,
  refusal,
  register,
  runUser,
  until,
} from "./support/running-user.js";
import { newDatabaseUrl } from "./support/store.js";

describe("UserService without its store", () => {
  let forwarder: Forwarder;
  let store: URL;
  let url: string;
  beforeEach(async () => {
    forwarder = await startForwarder();
    store = new URL(newDatabaseUrl());
    url = store.href.replace(store.host, `127.0.0.1:${forwarder.port}`);
  });
  afterEach(() => forwarder[Symbol.asyncDispose]());

  it("says so in health and in every answer, and recovers by itself", async () => {
    forwarder.to(Number(store.port));
    await using user = await runUser({ mongodbUrl: url });
    const { name, email } = await register(user.client);
    expect(await user.isServing()).to.equal(true);
    forwarder.to(undefined);
    for (const call of callsThatNeedTheStore(user, name, email)) {
      const refused = await refusal(call());
      expect(refused).to.deep.include({ code: 14, message: "the store cannot be reached now" });
      expect(refused.details.retryAfterMs).to.equal(1000);
    }
    expect((await user.client.getJsonWebKeySet({})).keys).to.have.length(2);
    await until(async () => !(await user.isServing()));
    forwarder.to(Number(store.port));
    await until(user.isServing);
    expect(await outcome(user.client.getUser({ name }, as(name)))).to.equal("OK");
  });

  it("starts, waits for it, and has the administrator once it is there", async () => {
    const bootstrapAdmin = { email: newEmail(), displayName: "Root", password: PASSWORD };
    await using user = await runUser({ mongodbUrl: url, bootstrapAdmin });
    expect(await user.isServing()).to.equal(false);
    forwarder.to(Number(store.port));
    await until(user.isServing);
    const { email, password } = bootstrapAdmin;
    expect(await outcome(user.client.createSession({ email, password }))).to.equal("OK");
  });
});

function callsThatNeedTheStore({ client }: RunningUser, name: string, email: string) {
  const user = User.fromPartial({ name, displayName: "Late" });
  const refreshToken = `session.0.${"A".repeat(43)}`;
  return [
    () => register(client),
    () => client.getUser({ name }, as(name)),
    () => client.listUsers({ pageSize: 0, pageToken: "", showDeleted: false }, asAdmin),
    () => client.updateUser({ user, updateMask: undefined }, as(name)),
    () => client.deleteUser({ name, etag: "", allowMissing: false }, as(name)),
    () => client.createSession({ email, password: PASSWORD }),
    () => client.refreshSession({ refreshToken }),
    () => client.deleteSession({}, as(name)),
  ] as const;
}
