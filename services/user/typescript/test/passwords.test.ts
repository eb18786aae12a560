import { expect } from "chai";
import { CONTRACT_COST, hashPassword, matchesPassword } from "../src/passwords/password-hash.js";
import { createPasswords } from "../src/passwords/passwords.js";
import { createWorkQueue } from "../src/passwords/work-queue.js";
import {
  as,
  newEmail,
  outcome,
  PASSWORD,
  type RunningUser,
  register,
  runUser,
} from "./support/running-user.js";

const { signal: never } = new AbortController();

describe("a password hash", () => {
  it("is a PHC string with the contract's cost that only its password matches", async () => {
    const hash = await hashPassword(PASSWORD, CONTRACT_COST);
    expect(hash).to.match(/^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await matchesPassword(PASSWORD, hash)).to.equal(true);
    expect(await matchesPassword(`${PASSWORD} `, hash)).to.equal(false);
  });

  it("is verified when another implementation made it", async () => {
    const made = "$scrypt$ln=17,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$dMx06lbyoYHuFCbPcKxmim6aTNYM3eqSYIJA4WZA2QI";
    expect(await matchesPassword("pässwörd-🔑-twelve", made)).to.equal(true);
  });

  it("is refused when it would cost more than the contract says, or is none", async () => {
    const tail = `${"A".repeat(22)}$${"A".repeat(43)}`;
    for (const stored of ["", "plain", `$scrypt$ln=18,r=8,p=1$${tail}`, `$scrypt$ln=17,r=32,p=1$${tail}`]) {
      expect(await matchesPassword(PASSWORD, stored).catch((error: Error) => error.message)).to.be.a(
        "string",
      );
    }
  });

  it("is as much work for nobody as for somebody", async () => {
    const started: string[] = [];
    const queue = {
      running: 0,
      waiting: 0,
      run: <T>(task: () => Promise<T>) => {
        started.push("task");
        return task();
      },
    };
    const passwords = createPasswords({ ln: 8, r: 8, p: 1 }, queue);
    expect(await passwords.matches(PASSWORD, undefined, never)).to.equal(false);
    expect(started).to.have.length(1);
  });
});

describe("a queue for work", () => {
  it("runs so many at once, in the order of arrival, and refuses beyond those that may wait", async () => {
    const queue = createWorkQueue({ atOnce: 2, waiting: 3 });
    const gates = Array.from({ length: 5 }, () => createGate());
    const started: number[] = [];
    const results = gates.map((gate, index) =>
      queue.run(() => {
        started.push(index);
        return gate.promise;
      }, never),
    );
    expect(await outcome(queue.run(async () => "late", never))).to.equal("RATE_LIMITED");
    expect([queue.running, queue.waiting]).to.deep.equal([2, 3]);
    for (const [index, gate] of gates.entries()) {
      gate.resolve();
      await results[index];
      expect(queue.running).to.be.at.most(2);
    }
    expect(started).to.deep.equal([0, 1, 2, 3, 4]);
    expect([queue.running, queue.waiting]).to.deep.equal([0, 0]);
  });

  it("lets the aborted leave without a start, and a failed one make room", async () => {
    const queue = createWorkQueue({ atOnce: 1, waiting: 2 });
    const gate = createGate();
    const first = queue.run(() => gate.promise.then(() => Promise.reject(new Error("broken"))), never);
    const leaving = new AbortController();
    const second = queue.run(async () => "second", leaving.signal).catch((error: unknown) => error);
    const third = queue.run(async () => "third", never);
    leaving.abort("left");
    expect(await second).to.equal("left");
    expect(queue.waiting).to.equal(1);
    gate.resolve();
    expect(await first.catch((error: Error) => error.message)).to.equal("broken");
    expect(await third).to.equal("third");
  });

  it("starts nothing for a signal that was aborted before", async () => {
    const queue = createWorkQueue({ atOnce: 1, waiting: 1 });
    let ran = false;
    const run = queue.run(async () => {
      ran = true;
    }, AbortSignal.abort("gone"));
    expect(await run.catch((error: unknown) => error)).to.equal("gone");
    expect([ran, queue.running]).to.deep.equal([false, 0]);
  });
});

describe("UserService while passwords are hashed", () => {
  let user: RunningUser;
  before(async () => {
    user = await runUser({ passwordCost: CONTRACT_COST });
  });
  after(() => user[Symbol.asyncDispose]());

  it("answers GetUser 20 times before the first of four sign-ins", async () => {
    const { name, email } = await register(user.client);
    let hashed = 0;
    const signIns = Array.from({ length: 4 }, async () => {
      await user.client.createSession({ email, password: PASSWORD });
      hashed++;
    });
    for (let time = 0; time < 20; time++) await user.client.getUser({ name }, as(name));
    expect(hashed).to.equal(0);
    await Promise.all(signIns);
  });

  it("refuses sign-ins beyond the waiting ones and forgets those whose callers leave", async () => {
    const callers = Array.from({ length: 40 }, () => new AbortController());
    const refused = createGate();
    const calls = callers.map(async ({ signal }) => {
      const credentials = { email: newEmail(), password: PASSWORD };
      const result = await outcome(user.client.createSession(credentials, { signal }));
      if (result === "RATE_LIMITED") refused.resolve();
      return result;
    });
    await refused.promise;
    for (const caller of callers) caller.abort();
    const results = await Promise.all(calls);
    expect(results).to.include("RATE_LIMITED").and.include("CANCELLED");
    const next = await outcome(user.client.createSession({ email: newEmail(), password: PASSWORD }));
    expect(next).to.equal("CREDENTIALS_INVALID");
  });
});

interface Gate {
  readonly promise: Promise<void>;
  resolve(): void;
}

function createGate(): Gate {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
