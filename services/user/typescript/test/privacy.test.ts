import { User } from "@theseus/contract/theseus/user/v1/user.js";
import { asAdministrator, asUser } from "@theseus/testing";
import { expect } from "chai";
import {
  holding,
  newEmail,
  outcome,
  type RunningUser,
  refusal,
  register,
  registration,
  runUser,
} from "./support/running-user.js";

describe("UserService and privacy", () => {
  it("lets no address, password or token into logs and errors", async () => {
    await using user = await runUser();
    const email = newEmail();
    const password = "a very private password";
    const { secrets, refusals } = await useEveryMethod(user, email, password);
    const written = `${user.log()}${JSON.stringify(refusals.map(({ message, details }) => ({ message, details })))}`;
    expect(written).to.include("/theseus.user.v1.UserService/DeleteUser");
    for (const secret of [email, email.toUpperCase(), password, ...secrets]) {
      expect(written).to.not.include(secret);
    }
  });
});

async function useEveryMethod({ client }: RunningUser, email: string, password: string) {
  const request = registration({ email, password });
  const created = await client.createUser(request);
  const { name } = created;
  const session = await client.signIn({ email, password });
  const next = await client.refreshSession(session);
  const { refreshToken } = session;
  const other = await register(client);
  const refusals = [
    await refusal(register(client, { email, password })),
    await refusal(
      register(client, { ...request.user, password: `${password}!`, requestId: request.requestId }),
    ),
    await refusal(client.createUser({ ...request, requestId: email })),
    await refusal(register(client, { email: `${email} `, password: "short" })),
    await refusal(client.signIn({ email, password: `${password}!` })),
    await refusal(client.refreshSession({ refreshToken })),
    await refusal(
      client.changePassword(
        { name, currentPassword: `${password}!`, newPassword: `${password}?` },
        asUser(name),
      ),
    ),
    await refusal(
      client.changePassword({ name, currentPassword: password, newPassword: "short" }, asUser(name)),
    ),
    await refusal(
      client.updateUser(
        { user: User.fromPartial({ name: other.name, email }), updateMask: [email] },
        asUser(other.name),
      ),
    ),
    await refusal(
      client.updateUser(
        { user: User.fromPartial({ name: other.name, email }), updateMask: undefined },
        asUser(other.name),
      ),
    ),
    await refusal(client.getUser({ name: `users/${email}` }, asUser(name))),
    await refusal(
      client.listUsers({ pageSize: 0, pageToken: email, showDeleted: false }, asAdministrator(name)),
    ),
  ];
  await client.changePassword({ name, currentPassword: password, newPassword: `${password}?` }, asUser(name));
  await outcome(client.signOut({}, holding(next)));
  await outcome(client.deleteUser({ name, etag: "", allowMissing: false }, asUser(name)));
  const signatures = [session, next].map(({ accessToken }) => accessToken.split(".")[2] ?? "");
  return { refusals, secrets: [...signatures, session.refreshToken, next.refreshToken] };
}
