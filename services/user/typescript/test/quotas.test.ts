import { User } from "@theseus/contract/theseus/user/v1/user.js";
import { ErrorReason, StatusError, systemClock } from "@theseus/kit";
import { asCaller } from "@theseus/testing";
import { expect } from "chai";
import { signIn } from "../src/rpc/sign-in.js";
import { networkOf } from "../src/rules/network.js";
import {
  holding,
  inCollection,
  newEmail,
  outcome,
  PASSWORD,
  type RunningUser,
  refusal,
  register,
  runUser,
  tally,
} from "./support/running-user.js";
import { callOf, openParts } from "./support/user-parts.js";

const WINDOW_MS = 900_000;
const LIMIT = 10;

describe("UserService, wrong passwords", () => {
  let user: RunningUser;
  let now: Date;
  beforeEach(async () => {
    now = systemClock.now();
    user = await runUser({ clock: { now: () => now } });
  });
  afterEach(() => user[Symbol.asyncDispose]());

  const signInAs = (email: string, password = PASSWORD) =>
    user.client.signIn({ email, password }, asCaller({}));
  const guess = async (email: string, times: number) => {
    for (let each = 0; each < times; each++)
      expect(await outcome(signInAs(email, "wrong horse battery"))).to.equal("CREDENTIALS_INVALID");
  };

  it("are ten an account; then the right one is refused too, and another account is not", async () => {
    const { email } = await register(user.client);
    const { email: other } = await register(user.client);
    await guess(email, LIMIT);
    const { code, reason, details } = await refusal(signInAs(email.toUpperCase()));
    expect([code, ErrorReason[reason]]).to.deep.equal([8, "QUOTA_EXCEEDED"]);
    expect(details.metadata).to.deep.equal({ quota: "wrong_passwords", limit: "10" });
    expect(await outcome(signInAs(other))).to.equal("OK");
  });

  it("are refused alike for an address that nobody has", async () => {
    const [{ email }, nobodys] = [await register(user.client), newEmail()];
    const refusals = [];
    for (const each of [email, nobodys]) {
      await guess(each, LIMIT);
      const { code, message, details } = await refusal(signInAs(each));
      refusals.push({ code, message, details });
    }
    expect(refusals[0]).to.deep.equal(refusals[1]);
  });

  it("count one by one as long as they are within the window", async () => {
    const { email } = await register(user.client);
    const start = now.getTime();
    const at = (ms: number) => {
      now = new Date(start + ms);
    };
    await guess(email, LIMIT - 1);
    at(1000);
    await guess(email, 1);
    at(WINDOW_MS - 1);
    expect(await outcome(signInAs(email))).to.equal("QUOTA_EXCEEDED");
    at(WINDOW_MS);
    expect(await outcome(signInAs(email))).to.equal("OK");
    await guess(email, LIMIT - 1);
    expect(await outcome(signInAs(email))).to.equal("QUOTA_EXCEEDED");
    at(WINDOW_MS + 1000);
    expect(await outcome(signInAs(email))).to.equal("OK");
  });

  it("are not forgotten for a right one, and right ones do not count", async () => {
    const { email } = await register(user.client);
    for (let each = 0; each <= LIMIT; each++) expect(await outcome(signInAs(email))).to.equal("OK");
    await guess(email, LIMIT - 1);
    expect(await outcome(signInAs(email))).to.equal("OK");
    await guess(email, 1);
    expect(await outcome(signInAs(email))).to.equal("QUOTA_EXCEEDED");
  });

  it("are ten over all instances, however many come at once", async () => {
    await using second = await runUser({ mongodbUrl: user.url });
    const email = newEmail();
    const guesses = Array.from({ length: 3 * LIMIT }, (_, index) =>
      outcome([user, second][index % 2]?.client.signIn({ email, password: PASSWORD }) ?? Promise.reject()),
    );
    expect(tally(await Promise.all(guesses))).to.deep.equal({
      CREDENTIALS_INVALID: LIMIT,
      QUOTA_EXCEEDED: 2 * LIMIT,
    });
  });

  it("count for ChangePassword and SignIn together, also under another address", async () => {
    const { name, email } = await register(user.client);
    const caller = holding(await signInAs(email));
    const change = (currentPassword: string) =>
      outcome(user.client.changePassword({ name, currentPassword, newPassword: "another horse" }, caller));
    await guess(email, LIMIT / 2);
    for (let each = 0; each < LIMIT / 2; each++)
      expect(await change("wrong horse battery")).to.equal("CREDENTIALS_INVALID");
    expect([await change(PASSWORD), await outcome(signInAs(email))]).to.deep.equal(
      Array(2).fill("QUOTA_EXCEEDED"),
    );
    const moved = newEmail();
    await user.client.updateUser(
      { user: User.fromPartial({ name, email: moved }), updateMask: ["email"] },
      caller,
    );
    expect(await outcome(signInAs(moved))).to.equal("QUOTA_EXCEEDED");
  });

  it("leave nothing personal, and expire with the window", async () => {
    const email = newEmail();
    await guess(email, 2);
    const documents = await inCollection(user.url, "quota_uses", (uses) => uses.find().toArray());
    expect(documents).to.have.lengthOf(1);
    expect(JSON.stringify(documents)).not.to.include(email.split("@")[0]);
    expect(documents[0]?.expire_time).to.deep.equal(new Date(now.getTime() + WINDOW_MS));
  });

  it("that were not looked at do not count, and refused ones cost no hash", async () => {
    await using parts = openParts(user.url);
    const email = newEmail();
    const call = callOf({ user: "users/none", sessionId: "none" });
    let asked = 0;
    const refusing = (reason: ErrorReason) => ({
      ...parts,
      passwords: {
        ...parts.passwords,
        matches: async () => {
          asked++;
          throw new StatusError(reason, "refused");
        },
      },
    });
    const signInWith = (reason: ErrorReason) =>
      outcome(signIn(refusing(reason), { email, password: PASSWORD }, call));
    for (let each = 0; each < LIMIT; each++) await signInWith(ErrorReason.RATE_LIMITED);
    await guess(email, LIMIT);
    expect(await signInWith(ErrorReason.INTERNAL)).to.equal("QUOTA_EXCEEDED");
    expect(asked).to.equal(LIMIT);
  });
});

describe("UserService, sign-ins from one source", () => {
  const SOURCES = { limit: 60, windowMs: 60_000 };

  it("are sixty a minute; none is counted without a source", async () => {
    let now = systemClock.now();
    await using user = await runUser({ clock: { now: () => now }, passwordCost: 10 });
    const from = (source?: string) =>
      outcome(
        user.client.signIn(
          { email: newEmail(), password: PASSWORD },
          asCaller(source === undefined ? {} : { source }),
        ),
      );
    for (let each = 0; each < SOURCES.limit; each++)
      expect(await from("192.0.2.7")).to.equal("CREDENTIALS_INVALID");
    expect(await from("192.0.2.7")).to.equal("QUOTA_EXCEEDED");
    expect(await from("::ffff:192.0.2.7")).to.equal("QUOTA_EXCEEDED");
    expect(await from("192.0.2.8")).to.equal("CREDENTIALS_INVALID");
    expect(await from()).to.equal("CREDENTIALS_INVALID");
    now = new Date(now.getTime() + SOURCES.windowMs);
    expect(await from("192.0.2.7")).to.equal("CREDENTIALS_INVALID");
  });

  for (const [address, counted] of [
    ["192.0.2.7", "192.0.2.7"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["2001:DB8:0:0:ffff:1:2:3", "2001:db8:0:0"],
    ["2001:db8:0:1::", "2001:db8:0:1"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["::1", "0:0:0:0"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::ffff:c000:207", "192.0.2.7"],
    ["64:ff9b::192.0.2.7", "64:ff9b:0:0"],
    ["elsewhere", "elsewhere"],
  ] as const) {
    it(`counts ${address} as ${counted}`, () => {
      expect(networkOf(address)).to.equal(counted);
    });
  }
});
