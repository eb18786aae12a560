import { Role } from "@theseus/contract/theseus/user/v1/user.js";
import { asUser, eventually, identity } from "@theseus/testing";
import { expect } from "chai";
import { decodeJwt } from "jose";
import {
  asAdmin,
  newEmail,
  outcome,
  PASSWORD,
  type RunningUser,
  refusal,
  register,
  runUser,
  type UserOptions,
} from "./support/running-user.js";
import { newDatabaseUrl } from "./support/store.js";

describe("the administrator of BOOTSTRAP_ADMIN", () => {
  const newAdmin = () => ({ email: newEmail(), displayName: "Root", password: PASSWORD });

  it("is there from the start, with the role, and only once", async () => {
    const mongodbUrl = newDatabaseUrl();
    const bootstrapAdmin = newAdmin();
    const replicas = await Promise.all([1, 2, 3].map(() => runServing({ mongodbUrl, bootstrapAdmin })));
    for (const replica of replicas) {
      const { users } = await replica.client.listUsers(
        { pageSize: 0, pageToken: "", showDeleted: true },
        asAdmin,
      );
      expect(users.map(({ roles }) => roles)).to.deep.equal([[Role.ROLE_CUSTOMER, Role.ROLE_ADMIN]]);
      const { accessToken } = await replica.client.signIn(bootstrapAdmin);
      expect(decodeJwt(accessToken).roles).to.deep.equal(["customer", "admin"]);
      await replica[Symbol.asyncDispose]();
    }
  });

  it("has the role that the process was told makes an administrator", async () => {
    const bootstrapAdmin = newAdmin();
    const ownIdentity = { ...identity, adminRole: "keeper" };
    await using user = await runServing({ bootstrapAdmin, identity: ownIdentity });
    const { accessToken } = await user.client.signIn(bootstrapAdmin);
    expect(decodeJwt(accessToken).roles).to.deep.equal(["customer", "keeper"]);
    const everybody = { pageSize: 0, pageToken: "", showDeleted: false };
    const keeper = asUser("users/root", { roles: ["keeper"] });
    const { users } = await user.client.listUsers(everybody, keeper);
    expect(users.map(({ roles }) => roles)).to.deep.equal([[Role.ROLE_CUSTOMER, Role.ROLE_ADMIN]]);
    expect(await outcome(user.client.listUsers(everybody, asAdmin))).to.equal("CALLER_DENIED");
  });

  it("keeps the stored password when the file has another", async () => {
    const mongodbUrl = newDatabaseUrl();
    const bootstrapAdmin = newAdmin();
    await (await runServing({ mongodbUrl, bootstrapAdmin }))[Symbol.asyncDispose]();
    const changed = { ...bootstrapAdmin, password: "something else entirely" };
    await using user = await runServing({ mongodbUrl, bootstrapAdmin: changed });
    expect(await outcome(user.client.signIn(bootstrapAdmin))).to.equal("OK");
    expect(await outcome(user.client.signIn(changed))).to.equal("CREDENTIALS_INVALID");
  });

  it("is a customer who has the address and the password, and no other one", async () => {
    const mongodbUrl = newDatabaseUrl();
    const [known, stranger] = [newAdmin(), newAdmin()];
    const before = await runUser({ mongodbUrl });
    const customer = await register(before.client, known);
    const squatter = await register(before.client, { ...stranger, password: "a stranger's password" });
    await before[Symbol.asyncDispose]();
    await (await runServing({ mongodbUrl, bootstrapAdmin: known }))[Symbol.asyncDispose]();
    await using user = await runServing({ mongodbUrl, bootstrapAdmin: stranger });
    const rolesOf = async (name: string) => (await user.client.getUser({ name }, asAdmin)).roles;
    expect(await rolesOf(customer.name)).to.deep.equal([Role.ROLE_CUSTOMER, Role.ROLE_ADMIN]);
    expect(await rolesOf(squatter.name)).to.deep.equal([Role.ROLE_CUSTOMER]);
    expect(user.log()).to.include("bootstrap-refused").and.include(squatter.name);
    expect(await user.isServing()).to.equal(true);
  });

  it("gets no role from any call", async () => {
    await using user = await runUser();
    const created = await register(user.client);
    const given = { ...created, roles: [Role.ROLE_CUSTOMER, Role.ROLE_ADMIN] };
    const refused = await refusal(user.client.updateUser({ user: given, updateMask: ["roles"] }, asAdmin));
    expect(refused.details.violations[0]).to.include({ field: "update_mask.paths[0]" });
    await user.client.updateUser({ user: given, updateMask: ["*"] }, asUser(created.name));
    expect((await user.client.getUser({ name: created.name }, asAdmin)).roles).to.deep.equal([
      Role.ROLE_CUSTOMER,
    ]);
  });
});

/** A service whose administrator has been ensured: before that it does not say that it serves. */
async function runServing(options: UserOptions): Promise<RunningUser> {
  const user = await runUser(options);
  await eventually("it serves", user.isServing);
  return user;
}
