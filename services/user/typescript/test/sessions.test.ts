import { createHash } from "node:crypto";
import type { Session } from "@theseus/contract/theseus/user/v1/session.js";
import type { User } from "@theseus/contract/theseus/user/v1/user.js";
import { asUser } from "@theseus/testing";
import { expect } from "chai";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { refreshSession } from "../src/rpc/refresh-session.js";
import { signIn } from "../src/rpc/sign-in.js";
import {
  holding,
  inCollection,
  keyPairs,
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

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let user: RunningUser;
let now = new Date();
const clock = { now: () => now };

/** The same, but a minute goes by before each of its answers. */
function later<T extends object>(part: T): T {
  return new Proxy(part, {
    get: (target, name) => {
      const member = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        const answer = await member.apply(target, args);
        now = new Date(now.getTime() + MINUTE);
        return answer;
      };
    },
  });
}

const anybody = () => callOf({ user: "users/nobody", sessionId: "none" });

const expiryOf = ({ accessToken }: Session) => decodeJwt(accessToken).exp;

describe("UserService, sessions", () => {
  before(async () => {
    user = await runUser({ clock });
  });
  after(() => user[Symbol.asyncDispose]());
  beforeEach(() => {
    now = new Date();
  });

  describe("SignIn", () => {
    it("answers an access token that the published keys verify", async () => {
      const { name, email } = await register(user.client);
      const session = await user.client.signIn({ email: email.toUpperCase(), password: PASSWORD });
      const keys = createLocalJWKSet(await user.client.getJsonWebKeySet({}));
      const expected = { issuer: "https://theseus.local", audience: "shop", subject: name, typ: "JWT" };
      const { payload, protectedHeader } = await jwtVerify(session.accessToken, keys, expected);
      expect(protectedHeader).to.deep.equal({ alg: "ES256", typ: "JWT", kid: keyPairs[0].kid });
      expect(Object.keys(payload).sort()).to.deep.equal([
        "aud",
        "exp",
        "iat",
        "iss",
        "jti",
        "roles",
        "sid",
        "sub",
      ]);
      expect(payload.roles).to.deep.equal(["customer"]);
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).to.equal(50);
      expect(session.user).to.equal(name);
      expect(session.accessExpireTime?.getTime()).to.equal((payload.exp ?? 0) * 1000);
      expect(session.refreshExpireTime?.getTime()).to.equal(now.getTime() + 30 * DAY);
    });

    it("counts the lifetime of access tokens from before the user was read", async () => {
      await using parts = openParts(user.url);
      const { email } = await register(user.client);
      const begun = now.getTime();
      const passwords = later(parts.passwords);
      const signedIn = await signIn({ ...parts, clock, passwords }, { email, password: PASSWORD }, anybody());
      expect(expiryOf(signedIn)).to.equal(Math.floor(begun / 1000) + 50);
      const resumed = now.getTime();
      const sessions = later(parts.sessions);
      const refreshed = await refreshSession({ ...parts, clock, sessions }, signedIn, anybody());
      expect(expiryOf(refreshed)).to.equal(Math.floor(resumed / 1000) + 50);
    });

    it("gives an unknown address, a wrong password and a deleted user one answer", async () => {
      const { email } = await register(user.client);
      const gone = await register(user.client);
      await user.client.deleteUser({ name: gone.name, etag: "", allowMissing: false }, asUser(gone.name));
      const password = `${PASSWORD}?`;
      const refusals = await Promise.all(
        [
          { email, password },
          { email: newEmail(), password: PASSWORD },
          { email: gone.email, password: PASSWORD },
          { email: "no address at all", password: PASSWORD },
          { email, password: "short" },
        ].map(async (credentials) => refusal(user.client.signIn(credentials))),
      );
      for (const refused of refusals) {
        expect(refused).to.deep.include({ code: 16, message: refusals[0]?.message });
        expect(refused.details).to.deep.equal(refusals[0]?.details);
      }
    });

    it("stores no token, only its hash", async () => {
      const { session } = await signedIn();
      const stored = await inCollection(user.url, "refresh_tokens", (c) =>
        c.findOne({ hash: createHash("sha256").update(session.refreshToken).digest("hex") }),
      );
      expect(stored).to.not.equal(null);
      for (const name of ["refresh_tokens", "sessions", "users"]) {
        const all = JSON.stringify(await inCollection(user.url, name, (c) => c.find().toArray()));
        expect(all).to.not.include(session.refreshToken).and.not.include(session.accessToken);
      }
    });
  });

  describe("RefreshSession", () => {
    it("answers new tokens of the same session, for 30 days more", async () => {
      const { session } = await signedIn();
      now = new Date(now.getTime() + 29 * DAY);
      const next = await refresh(session);
      expect(next.refreshToken).to.not.equal(session.refreshToken);
      expect(next.refreshExpireTime?.getTime()).to.equal(now.getTime() + 30 * DAY);
      expect(claimsOf(next).sid).to.equal(claimsOf(session).sid);
      expect(claimsOf(next).jti).to.not.equal(claimsOf(session).jti);
      now = new Date(now.getTime() + 29 * DAY);
      expect(await outcome(refresh(next))).to.equal("OK");
    });

    it("ends the session when a token is used again, however late", async () => {
      const { session } = await signedIn();
      const second = await refresh(session);
      const third = await refresh(second);
      now = new Date(now.getTime() + 31 * DAY);
      expect(await outcome(refresh(session))).to.equal("SESSION_INVALID");
      now = new Date();
      expect(await outcome(refresh(third))).to.equal("SESSION_INVALID");
    });

    it("lets one of 16 at once win and ends the session for it too", async () => {
      const { session } = await signedIn();
      const won: Session[] = [];
      const outcomes = await Promise.all(
        Array.from({ length: 16 }, () => outcome(refresh(session).then((next) => won.push(next)))),
      );
      expect(tally(outcomes)).to.deep.equal({ OK: 1, SESSION_INVALID: 15 });
      const [winner] = won;
      expect(winner && (await outcome(refresh(winner)))).to.equal("SESSION_INVALID");
    });

    it("leaves the user's other sessions alone", async () => {
      const { session, email } = await signedIn();
      const other = await user.client.signIn({ email, password: PASSWORD });
      await refresh(session);
      await outcome(refresh(session));
      expect(await outcome(refresh(other))).to.equal("OK");
    });

    it("refuses what expired, was made up or changed, and ends nothing by it", async () => {
      const { session } = await signedIn();
      const [sid, generation] = session.refreshToken.split(".");
      const texts = ["x", `${sid}.${generation}.${"A".repeat(43)}`, `${sid}.7.${"A".repeat(43)}`];
      for (const refreshToken of texts) {
        expect(await outcome(user.client.refreshSession({ refreshToken }))).to.equal("SESSION_INVALID");
      }
      now = new Date(now.getTime() + 30 * DAY);
      expect(await outcome(refresh(session))).to.equal("SESSION_INVALID");
      now = new Date();
      expect(await outcome(refresh(session))).to.equal("OK");
    });

    it("refuses a deleted user also when the deletion left the session behind", async () => {
      const { session, name } = await signedIn();
      const sid = String(claimsOf(session).sid);
      const left = await inCollection(user.url, "sessions", (c) => c.findOne({ _id: sid }));
      await user.client.deleteUser({ name, etag: "", allowMissing: false }, asUser(name));
      await inCollection(user.url, "sessions", async (c) => left && c.insertOne(left));
      expect(await outcome(refresh(session))).to.equal("SESSION_INVALID");
    });

    it("keeps the session for as long as its newest token", async () => {
      const { session } = await signedIn();
      now = new Date(now.getTime() + 5 * DAY);
      const next = await refresh(session);
      const sid = String(claimsOf(next).sid);
      const stored = await inCollection(user.url, "sessions", (c) => c.findOne({ _id: sid }));
      expect(stored?.expire_time).to.deep.equal(next.refreshExpireTime);
    });
  });

  describe("SignOut", () => {
    it("ends the session of the access token, again and again", async () => {
      const { session, email } = await signedIn();
      const other = await user.client.signIn({ email, password: PASSWORD });
      for (let time = 0; time < 2; time++) {
        expect(await outcome(user.client.signOut({}, holding(session)))).to.equal("OK");
      }
      expect(await outcome(refresh(session))).to.equal("SESSION_INVALID");
      expect(await outcome(refresh(other))).to.equal("OK");
    });

    it("needs a token", async () => {
      expect(await outcome(user.client.signOut({}))).to.equal("TOKEN_MISSING");
    });
  });

  describe("GetJsonWebKeySet", () => {
    it("answers both live keys, the signing one first, and nothing private", async () => {
      const { keys } = await user.client.getJsonWebKeySet({});
      const published = keyPairs.map(({ kid, x, y }) => ({ kid, x, y }));
      expect(keys.map(({ kid, x, y }) => ({ kid, x, y }))).to.deep.equal(published);
      for (const key of keys) {
        expect(key).to.deep.include({ kty: "EC", crv: "P-256", alg: "ES256", use: "sig" });
        expect(key).to.have.all.keys("kty", "crv", "x", "y", "kid", "alg", "use");
      }
    });
  });
});

async function signedIn(): Promise<{ session: Session } & User> {
  const registered = await register(user.client);
  const session = await user.client.signIn({ email: registered.email, password: PASSWORD });
  return { ...registered, session };
}

function refresh({ refreshToken }: Session): Promise<Session> {
  return user.client.refreshSession({ refreshToken });
}

function claimsOf({ accessToken }: Session): Record<string, unknown> {
  return JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString());
}
