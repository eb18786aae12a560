import type { Session } from "@theseus/contract/theseus/user/v1/session.js";
import type { User } from "@theseus/contract/theseus/user/v1/user.js";
import { rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { decodeJwt } from "jose";
import { createPasswords } from "../src/passwords/passwords.js";
import { createWorkQueue } from "../src/passwords/work-queue.js";
import { changePassword } from "../src/rpc/change-password.js";
import { signIn } from "../src/rpc/sign-in.js";
import type { ActiveUser } from "../src/rules/user.js";
import type { UserContext } from "../src/user-context.js";
import {
  asAdmin,
  CHEAP,
  holding,
  inCollection,
  outcome,
  PASSWORD,
  type RunningUser,
  register,
  registration,
  runUser,
  tally,
} from "./support/running-user.js";
import { callOf, openParts } from "./support/user-parts.js";

const NEW = "another horse battery";

interface SignedIn {
  readonly registered: User;
  /** The one that changes the password. */
  readonly own: Session;
  readonly other: Session;
}

describe("UserService.ChangePassword", () => {
  let user: RunningUser;
  let parts: UserContext & AsyncDisposable;
  before(async () => {
    user = await runUser();
    parts = openParts(user.url);
  });
  after(async () => {
    await parts[Symbol.asyncDispose]();
    await user[Symbol.asyncDispose]();
  });

  it("lets the new password sign in and no other, and leaves etag and update time", async () => {
    const { registered, own } = await signedIn();
    await change(own);
    expect(await outcome(signInWith(registered, PASSWORD))).to.equal("CREDENTIALS_INVALID");
    expect(await outcome(signInWith(registered, NEW))).to.equal("OK");
    expect(await user.client.getUser({ name: registered.name }, asAdmin)).to.deep.equal(registered);
  });

  it("ends all other sessions of the user and keeps its own", async () => {
    const { own, other } = await signedIn();
    await change(own);
    expect(await documentOf(other)).to.equal(null);
    expect(await outcome(user.client.refreshSession(other))).to.equal("SESSION_INVALID");
    const next = await user.client.refreshSession(own);
    expect(await outcome(user.client.refreshSession(next))).to.equal("OK");
  });

  it("ends the session that an earlier change has kept", async () => {
    const { registered, own } = await signedIn();
    await change(own);
    const later = await signInWith(registered, NEW);
    await change(later, { from: NEW, to: PASSWORD });
    expect(await outcome(user.client.refreshSession(own))).to.equal("SESSION_INVALID");
    expect(await outcome(user.client.refreshSession(later))).to.equal("OK");
  });

  it("refuses a wrong password, administrators and deleted users", async () => {
    const { registered, own } = await signedIn();
    const { name } = registered;
    expect(await outcome(change(own, { from: `${PASSWORD} ` }))).to.equal("CREDENTIALS_INVALID");
    const request = { name, currentPassword: PASSWORD, newPassword: NEW };
    expect(await outcome(user.client.changePassword(request, asAdmin))).to.equal("USER_NOT_FOUND");
    expect(await outcome(user.client.changePassword(request))).to.equal("TOKEN_MISSING");
    await user.client.deleteUser({ name, etag: "", allowMissing: false }, holding(own));
    expect(await outcome(change(own))).to.equal("USER_NOT_FOUND");
  });

  it("answers a repeated registration by the password that it had", async () => {
    const request = registration();
    const first = await user.client.createUser(request);
    for (const [from, to] of [
      [PASSWORD, NEW],
      [NEW, "a third horse battery"],
    ] as const)
      await change(await signInWith(first, from), { from, to });
    expect(await user.client.createUser(request)).to.deep.equal(first);
    const other = { ...request.user, password: NEW, requestId: request.requestId };
    expect(await outcome(register(user.client, other))).to.equal("REQUEST_ID_REUSED");
  });

  it("lets one of 4 at once from the same password succeed", async () => {
    const { registered, own } = await signedIn();
    const passwords = [1, 2, 3, 4].map((n) => `horse battery number ${n}`);
    const outcomes = await Promise.all(passwords.map((to) => outcome(change(own, { to }))));
    expect(tally(outcomes)).to.deep.equal({ OK: 1, CREDENTIALS_INVALID: 3 });
    const won = passwords[outcomes.indexOf("OK")] ?? "";
    expect(await outcome(signInWith(registered, won))).to.equal("OK");
  });

  it("hashes as much for a wrong password as for a right one", async () => {
    const { registered, own } = await signedIn();
    let hashed = 0;
    const { run, ...rest } = createWorkQueue({ atOnce: 2, waiting: 16 });
    const counting = {
      ...rest,
      run<T>(task: () => Promise<T>, signal: AbortSignal) {
        hashed++;
        return run(task, signal);
      },
    };
    const context = { ...parts, passwords: createPasswords(CHEAP, counting) };
    await rejectionOf(changeBy(context, registered, own, { from: NEW }));
    const forWrong = hashed;
    await changeBy(context, registered, own);
    expect([forWrong, hashed - forWrong]).to.deep.equal([2, 2]);
  });

  it("has ended the other sessions also when the process does not come to forget them", async () => {
    const { registered, own, other } = await signedIn();
    const forgetEnded = () => Promise.reject(new Error("killed"));
    await changeBy({ ...parts, sessions: { ...parts.sessions, forgetEnded } }, registered, own);
    expect(await documentOf(other)).to.not.equal(null);
    expect(await outcome(user.client.refreshSession(other))).to.equal("SESSION_INVALID");
    expect(await outcome(user.client.refreshSession(own))).to.equal("OK");
  });

  it("does not bring back a session that has ended, though its document is there and its token changes the password", async () => {
    const { registered, own, other } = await signedIn();
    const forgetEnded = async () => undefined;
    const context = { ...parts, sessions: { ...parts.sessions, forgetEnded } };
    await changeBy(context, registered, own);
    await changeBy(context, registered, other, { from: NEW, to: PASSWORD });
    expect(await outcome(user.client.refreshSession(other))).to.equal("SESSION_INVALID");
    expect(await outcome(user.client.refreshSession(own))).to.equal("SESSION_INVALID");
  });

  it("leaves the sessions that begin with the new password before the old ones are forgotten", async () => {
    const { registered, own } = await signedIn();
    const begun: Session[] = [];
    const forgetEnded = async (changed: ActiveUser) => {
      begun.push(await signInWith(registered, NEW));
      await parts.sessions.forgetEnded(changed);
    };
    await changeBy({ ...parts, sessions: { ...parts.sessions, forgetEnded } }, registered, own);
    for (const session of begun) expect(await outcome(user.client.refreshSession(session))).to.equal("OK");
    expect(begun).to.have.length(1);
  });

  it("leaves no session to a sign-in with the old password that it overtakes", async () => {
    const { registered, own } = await signedIn();
    const matches = async (...check: Parameters<UserContext["passwords"]["matches"]>) => {
      const right = await parts.passwords.matches(...check);
      await change(own);
      return right;
    };
    const context = { ...parts, passwords: { ...parts.passwords, matches } };
    const { email } = registered;
    const overtaken = await signIn(context, { email, password: PASSWORD }, callFor(registered, own));
    expect(await outcome(user.client.refreshSession(overtaken))).to.equal("SESSION_INVALID");
  });

  it("is not undone by an update that began before it", async () => {
    const { registered, own } = await signedIn();
    const before = await parts.users.find(registered.name.split("/")[1] ?? "");
    if (before?.state !== "ACTIVE") throw new Error("the user is active");
    await change(own);
    const update = { ...before, display_name: "Countess", version: before.version + 1 };
    expect(await parts.users.update(update)).to.equal(true);
    expect(await outcome(signInWith(registered, NEW))).to.equal("OK");
  });

  it("is refused when the user is deleted while passwords are hashed", async () => {
    const { registered, own } = await signedIn();
    const { name } = registered;
    const find: UserContext["sessions"]["find"] = async (id) => {
      await user.client.deleteUser({ name, etag: "", allowMissing: true }, holding(own));
      return parts.sessions.find(id);
    };
    const context = { ...parts, sessions: { ...parts.sessions, find } };
    expect(await outcome(changeBy(context, registered, own))).to.equal("USER_NOT_FOUND");
  });

  async function signedIn(): Promise<SignedIn> {
    const registered = await register(user.client);
    const own = await signInWith(registered, PASSWORD);
    return { registered, own, other: await signInWith(registered, PASSWORD) };
  }

  function signInWith({ email }: User, password: string): Promise<Session> {
    return user.client.signIn({ email, password });
  }

  function change(session: Session, { from = PASSWORD, to = NEW } = {}) {
    const request = { name: session.user, currentPassword: from, newPassword: to };
    return user.client.changePassword(request, holding(session));
  }

  function documentOf(session: Session) {
    const _id = sessionIdOf(session);
    return inCollection(user.url, "sessions", (c) => c.findOne({ _id }));
  }
});

/** A change by parts of a service that are not all as they are in a process. */
function changeBy(
  context: UserContext,
  { name }: User,
  session: Session,
  { from = PASSWORD, to = NEW } = {},
) {
  const request = { name, currentPassword: from, newPassword: to };
  return changePassword(context, request, callFor({ name }, session));
}

function callFor({ name }: Pick<User, "name">, session: Session) {
  return callOf({ user: name, sessionId: sessionIdOf(session) });
}

function sessionIdOf({ accessToken }: Session): string {
  return String(decodeJwt(accessToken).sid);
}
