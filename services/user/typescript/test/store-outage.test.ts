import { User } from "@theseus/contract/theseus/user/v1/user.js";
import { asUser, type CuttableLink, eventually, linkTo } from "@theseus/testing";
import { expect } from "chai";
import {
  asAdmin,
  newEmail,
  outcome,
  PASSWORD,
  type RunningUser,
  refusal,
  register,
  runUser,
} from "./support/running-user.js";
import { newDatabaseUrl } from "./support/store.js";

describe("UserService without its store", () => {
  let link: CuttableLink;
  beforeEach(async () => {
    link = await linkTo(newDatabaseUrl());
  });
  afterEach(() => link[Symbol.asyncDispose]());

  it("says so in health and in every answer, and recovers by itself", async () => {
    await using user = await runUser({ mongodbUrl: link.url });
    await eventually("it serves", user.isServing);
    const { name, email } = await register(user.client);
    await link.cut();
    for (const call of callsThatNeedTheStore(user, name, email)) {
      const refused = await refusal(call());
      expect(refused).to.deep.include({ code: 14, message: "the store cannot be reached now" });
      expect(refused.details.retryAfterMs).to.equal(1000);
    }
    expect((await user.client.getJsonWebKeySet({})).keys).to.have.length(2);
    await eventually("health says so", async () => !(await user.isServing()));
    await link.mend();
    await eventually("it serves again", user.isServing);
    expect(await outcome(user.client.getUser({ name }, asUser(name)))).to.equal("OK");
  });

  it("starts, waits for it, and has the administrator once it is there", async () => {
    await link.cut();
    const bootstrapAdmin = { email: newEmail(), displayName: "Root", password: PASSWORD };
    await using user = await runUser({ mongodbUrl: link.url, bootstrapAdmin });
    expect(await user.isServing()).to.equal(false);
    await link.mend();
    await eventually("it serves", user.isServing);
    const { email, password } = bootstrapAdmin;
    expect(await outcome(user.client.signIn({ email, password }))).to.equal("OK");
  });
});

function callsThatNeedTheStore({ client }: RunningUser, name: string, email: string) {
  const user = User.fromPartial({ name, displayName: "Late" });
  const refreshToken = `session.0.${"A".repeat(43)}`;
  return [
    () => register(client),
    () => client.getUser({ name }, asUser(name)),
    () => client.listUsers({ pageSize: 0, pageToken: "", showDeleted: false }, asAdmin),
    () => client.updateUser({ user, updateMask: undefined }, asUser(name)),
    () => client.deleteUser({ name, etag: "", allowMissing: false }, asUser(name)),
    () => client.changePassword({ name, currentPassword: PASSWORD, newPassword: PASSWORD }, asUser(name)),
    () => client.signIn({ email, password: PASSWORD }),
    () => client.refreshSession({ refreshToken }),
    () => client.signOut({}, asUser(name)),
  ] as const;
}
