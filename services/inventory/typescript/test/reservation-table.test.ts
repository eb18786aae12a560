import { reasonName, StatusError } from "@theseus/kit";
import { expect } from "chai";
import { anyKey, type Scripts, startScripts } from "./support/scripts-on-redis.js";

/** States before the operation; `p` is the payment that operates. */
const STATES = [
  "HELD",
  "HELD, p fenced",
  "HELD past expiry",
  "HELD past expiry, p fenced",
  "COMMITTED by p",
  "COMMITTED by another",
  "EXPIRED",
  "RELEASED",
  "undone by p",
  "buried",
  "missing",
] as const;
type State = (typeof STATES)[number];

interface Outcome {
  readonly answer: string;
  /** Stored state after it. */
  readonly state: string | null;
  /** `on_hand, held, sold` of 10 pieces, of which the reservation has 3. */
  readonly level: string;
  readonly fenced: boolean;
}

const free = "10,0,0";
const held = "10,3,0";
const sold = "7,0,3";
const gone = (state: string, level = free, fenced = false): Outcome => ({
  answer: "RESERVATION_GONE",
  state,
  level,
  fenced,
});
const fence = (state: string, level = free): Outcome => ({ answer: "OK", state, level, fenced: true });

const TABLE: Readonly<Record<string, Readonly<Record<State, Outcome>>>> = {
  commit: {
    HELD: { answer: "COMMITTED", state: "COMMITTED", level: sold, fenced: false },
    "HELD, p fenced": gone("HELD", held, true),
    "HELD past expiry": gone("EXPIRED"),
    "HELD past expiry, p fenced": gone("EXPIRED", free, true),
    "COMMITTED by p": { answer: "COMMITTED", state: "COMMITTED", level: sold, fenced: false },
    "COMMITTED by another": { answer: "RESERVATION_TAKEN", state: "COMMITTED", level: sold, fenced: false },
    EXPIRED: gone("EXPIRED"),
    RELEASED: gone("RELEASED"),
    "undone by p": gone("RELEASED", free, true),
    buried: gone("GONE"),
    missing: gone("GONE"),
  },
  uncommit: {
    HELD: fence("HELD", held),
    "HELD, p fenced": fence("HELD", held),
    "HELD past expiry": fence("HELD", held),
    "HELD past expiry, p fenced": fence("HELD", held),
    "COMMITTED by p": fence("RELEASED"),
    "COMMITTED by another": fence("COMMITTED", sold),
    EXPIRED: fence("EXPIRED"),
    RELEASED: fence("RELEASED"),
    "undone by p": fence("RELEASED"),
    buried: fence("GONE"),
    missing: fence("GONE"),
  },
  release: {
    HELD: { answer: "RELEASED", state: "RELEASED", level: free, fenced: false },
    "HELD, p fenced": { answer: "RELEASED", state: "RELEASED", level: free, fenced: true },
    "HELD past expiry": { answer: "EXPIRED", state: "EXPIRED", level: free, fenced: false },
    "HELD past expiry, p fenced": { answer: "EXPIRED", state: "EXPIRED", level: free, fenced: true },
    "COMMITTED by p": { answer: "RESERVATION_COMMITTED", state: "COMMITTED", level: sold, fenced: false },
    "COMMITTED by another": {
      answer: "RESERVATION_COMMITTED",
      state: "COMMITTED",
      level: sold,
      fenced: false,
    },
    EXPIRED: { answer: "EXPIRED", state: "EXPIRED", level: free, fenced: false },
    RELEASED: { answer: "RELEASED", state: "RELEASED", level: free, fenced: false },
    "undone by p": { answer: "RELEASED", state: "RELEASED", level: free, fenced: true },
    buried: { answer: "RESERVATION_NOT_FOUND", state: "GONE", level: free, fenced: false },
    missing: { answer: "RESERVATION_NOT_FOUND", state: null, level: free, fenced: false },
  },
  sweep: {
    HELD: { answer: "OK", state: "HELD", level: held, fenced: false },
    "HELD, p fenced": { answer: "OK", state: "HELD", level: held, fenced: true },
    "HELD past expiry": { answer: "OK", state: "EXPIRED", level: free, fenced: false },
    "HELD past expiry, p fenced": { answer: "OK", state: "EXPIRED", level: free, fenced: true },
    "COMMITTED by p": { answer: "OK", state: "COMMITTED", level: sold, fenced: false },
    "COMMITTED by another": { answer: "OK", state: "COMMITTED", level: sold, fenced: false },
    EXPIRED: { answer: "OK", state: "EXPIRED", level: free, fenced: false },
    RELEASED: { answer: "OK", state: "RELEASED", level: free, fenced: false },
    "undone by p": { answer: "OK", state: "RELEASED", level: free, fenced: true },
    buried: { answer: "OK", state: "GONE", level: free, fenced: false },
    missing: { answer: "OK", state: null, level: free, fenced: false },
  },
  get: {
    HELD: { answer: "HELD", state: "HELD", level: held, fenced: false },
    "HELD, p fenced": { answer: "HELD", state: "HELD", level: held, fenced: true },
    "HELD past expiry": { answer: "EXPIRED", state: "HELD", level: held, fenced: false },
    "HELD past expiry, p fenced": { answer: "EXPIRED", state: "HELD", level: held, fenced: true },
    "COMMITTED by p": { answer: "COMMITTED", state: "COMMITTED", level: sold, fenced: false },
    "COMMITTED by another": { answer: "COMMITTED", state: "COMMITTED", level: sold, fenced: false },
    EXPIRED: { answer: "EXPIRED", state: "EXPIRED", level: free, fenced: false },
    RELEASED: { answer: "RELEASED", state: "RELEASED", level: free, fenced: false },
    "undone by p": { answer: "RELEASED", state: "RELEASED", level: free, fenced: true },
    buried: { answer: "RESERVATION_NOT_FOUND", state: "GONE", level: free, fenced: false },
    missing: { answer: "RESERVATION_NOT_FOUND", state: null, level: free, fenced: false },
  },
};

const OWNER = "users/ada";
const P = "payments/p";

describe("the scripts on a reservation", () => {
  let scripts: Scripts;
  before(async () => {
    scripts = await startScripts();
  });
  after(() => scripts[Symbol.asyncDispose]());
  beforeEach(async () => {
    await scripts.redis.flushall();
    await scripts.create("kettle", 10n);
  });

  for (const [operation, cells] of Object.entries(TABLE)) {
    describe(operation, () => {
      for (const state of STATES) {
        const { answer } = cells[state];
        it(`answers ${answer} when the reservation is ${state}, and so again`, async () => {
          await bring(state);
          const first = await outcome(operation);
          expect(first).to.deep.equal(cells[state]);
          expect(await outcome(operation)).to.deep.equal(first);
        });
      }
    });
  }

  async function bring(state: State): Promise<void> {
    const { reservations } = scripts;
    if (state === "missing") return;
    if (state === "buried") return void (await reservations.uncommit("r", "payments/other"));
    await reservations.create({ id: "r", ttlMs: 60_000, lines: [["kettle", 3]] }, anyKey(OWNER));
    if (state.endsWith("p fenced")) await reservations.uncommit("r", P);
    if (state.startsWith("HELD past expiry") || state === "EXPIRED") await scripts.overdue("r");
    if (state === "EXPIRED") await reservations.sweep();
    if (state === "RELEASED") await reservations.release("r", OWNER);
    if (state === "COMMITTED by another") await reservations.commit("r", "payments/other");
    if (state === "COMMITTED by p" || state === "undone by p") await reservations.commit("r", P);
    if (state === "undone by p") await reservations.uncommit("r", P);
  }

  async function outcome(operation: string): Promise<Outcome> {
    const answer = await perform(operation).catch((error: unknown) => {
      if (error instanceof StatusError) return reasonName(error.reason);
      throw error;
    });
    const [state = null, fenced] = await scripts.redis.hmget(
      "inventory:reservation:r",
      "state",
      `fence:${P}`,
    );
    return { answer, state, level: (await scripts.level("kettle")).join(), fenced: fenced === "1" };
  }

  async function perform(operation: string): Promise<string> {
    const { reservations, run } = scripts;
    if (operation === "uncommit") await reservations.uncommit("r", P);
    if (operation === "sweep") await reservations.sweep();
    if (operation === "uncommit" || operation === "sweep") return "OK";
    const args = operation === "commit" ? ["r", P] : ["r", OWNER];
    const { values } = await run(
      operation === "commit"
        ? "commit-reservation"
        : operation === "release"
          ? "release-reservation"
          : "get-reservation",
      args,
    );
    return String(values[2]);
  }
});
