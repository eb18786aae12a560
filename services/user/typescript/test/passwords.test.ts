import { setMaxListeners } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { hashPassword, matchesPassword, PASSWORD_COST } from "../src/passwords/password-hash.js";
import { createPasswords } from "../src/passwords/passwords.js";
import { createWorkQueue } from "../src/passwords/work-queue.js";
import { newEmail, outcome, PASSWORD, runUser } from "./support/running-user.js";

const { signal: never } = new AbortController();

describe("a password hash", () => {
  for (const cost of [PASSWORD_COST.default, PASSWORD_COST.min, 14]) {
    it(`of cost ${cost} is a PHC string that says so, and that only its password matches`, async () => {
      const hash = await hashPassword(PASSWORD, cost);
      expect(hash).to.match(/^\$scrypt\$ln=\d\d,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
      expect(hash).to.include(`$ln=${cost},`);
      expect(await matchesPassword(PASSWORD, hash)).to.equal(true);
      expect(await matchesPassword(`${PASSWORD} `, hash)).to.equal(false);
    });
  }

  it("is verified when another implementation made it", async () => {
    const made = "$scrypt$ln=17,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$dMx06lbyoYHuFCbPcKxmim6aTNYM3eqSYIJA4WZA2QI";
    expect(await matchesPassword("pässwörd-🔑-twelve", made)).to.equal(true);
  });

  const tail = `${"A".repeat(22)}$${"A".repeat(43)}`;
  for (const [what, stored] of [
    ["costs more than the bounds allow", `$scrypt$ln=21,r=8,p=1$${tail}`],
    ["costs less than the bounds allow", `$scrypt$ln=09,r=8,p=1$${tail}`],
    ["has another block size", `$scrypt$ln=12,r=32,p=1$${tail}`],
    ["has another parallelism", `$scrypt$ln=12,r=8,p=2$${tail}`],
    ["is the password itself", PASSWORD],
    ["is empty", ""],
  ] as const) {
    it(`is refused as damaged when it ${what}`, async () => {
      const { message } = await rejectionOf(matchesPassword(PASSWORD, stored));
      expect(message).to.equal("a stored password is not a scrypt hash that this service makes");
    });
  }

  it("is made while the event loop turns", async () => {
    let made = false;
    const making = hashPassword(PASSWORD, PASSWORD_COST.default).then(() => {
      made = true;
    });
    let turns = 0;
    for (; !made; turns++) await nextTurn();
    await making;
    expect(turns).to.be.greaterThan(10);
  });

  it("is as much work for nobody as for somebody", async () => {
    const cost = 15;
    const queue = createWorkQueue({ atOnce: 1, waiting: 0 });
    const passwords = createPasswords(cost, queue);
    const stored = await passwords.hash(PASSWORD, never);
    const ofSomebody = await cpuOf(() => passwords.matches(`${PASSWORD}?`, stored, never));
    const ofNobody = await cpuOf(() => passwords.matches(PASSWORD, undefined, never));
    // At the next cost, up or down, it would be twice as much or half of it.
    expect(ofNobody / ofSomebody).to.be.within(0.6, 1.6);
  });
});

/** CPU time of this process, all its threads, for some checks of a password that all say no; in ms. */
async function cpuOf(check: () => Promise<boolean>): Promise<number> {
  const before = process.cpuUsage();
  for (let time = 0; time < 8; time++) expect(await check()).to.equal(false);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

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
  it("refuses sign-ins beyond the waiting ones, and forgets those whose callers leave", async () => {
    await using user = await runUser({ passwordCost: 15 });
    const leaving = new AbortController();
    setMaxListeners(0, leaving.signal);
    const signIn = (signal: AbortSignal) =>
      outcome(user.client.signIn({ email: newEmail(), password: PASSWORD }, { signal }));
    const refused = createGate();
    const calls: Promise<string>[] = [];
    const callUntilRefused = async () => {
      while (!leaving.signal.aborted) {
        const call = signIn(leaving.signal);
        calls.push(call);
        if ((await call) === "RATE_LIMITED") refused.resolve();
      }
    };
    const callers = Array.from({ length: 40 }, callUntilRefused);
    await refused.promise;
    leaving.abort();
    await Promise.all(callers);
    expect(await Promise.all(calls)).to.include("CANCELLED");
    // Were those who left still waiting, there would be no room.
    expect(await signIn(never)).not.to.equal("RATE_LIMITED");
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
