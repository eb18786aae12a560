import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mongoContent } from "@theseus/runtime";
import { eventually } from "@theseus/testing";
import { HttpClient, registeredUser, signedIn } from "../../../test/system/http-client.js";
import type { Shop } from "../../../test/system/shop.js";
import { stockedItem } from "../../../test/system/stock.js";
import { openPayments } from "../../invariants/gather.js";
import { unproven } from "../../swap/unproven.js";
import { openSession, type Session } from "../../traffic/session.js";
import { type Candidate, type Manner, makeWrongCandidate } from "./wrong-candidate.js";

/** What a wrong payment did beside open payments, in standby and after it. */
export interface HeldFigures {
  readonly manner: Manner;
  readonly seconds: number;
  readonly openPayments: number;
  /** Whether the store's content is what it was. */
  readonly isUntouched: boolean;
  /** Writes of it that the store refused, by its own log. */
  readonly refusedWrites: number;
  /** How the payments ended. */
  readonly states: readonly string[];
}

const paymentCount = 3;

/**
 * Swaps payment for a candidate whose worker marks payments FAILED, and stops the supervisor while it is in standby, beside
 * open payments whose own instance stands still: whatever is written then, the candidate wrote. One that obeys is activated
 * afterwards, which shows that it does harm when it may; of the other the supervisor is killed, and the next one undoes the swap.
 */
export async function holdWrongCandidate(shop: Shop, manner: Manner, forMs: number): Promise<HeldFigures> {
  using candidate = makeWrongCandidate(manner);
  const http = new HttpClient(shop.edge);
  const buyer = await openSession(http, await registeredUser(http));
  const [old] = (await shop.instances()).filter(({ workload }) => workload === "payment");
  if (old === undefined) throw new Error("there is no payment");
  const url = readFileSync(join(dirname(old.app.socket), "store-url"), "utf8");
  const swap = shop.theseus("swap", "payment", "--to", candidate.folder, "--yes", "--at-once", ...unproven);
  const fresh = await stopInStandby(shop, candidate);
  const payments = await openSome(shop, buyer);
  process.kill(old.app.pid, "SIGSTOP");
  const before = await mongoContent(url);
  await sleep(forMs);
  const isUntouched = (await mongoContent(url)) === before;
  if (manner === "obeys") {
    process.kill(shop.pid, "SIGCONT");
    await eventually("it does harm", async () => (await mongoContent(url)) !== before);
    process.kill(old.app.pid, "SIGCONT");
    await swap;
  } else {
    process.kill(shop.pid, "SIGKILL");
    process.kill(old.app.pid, "SIGCONT");
    await swap;
    await shop.start();
  }
  const states = await statesOf(http, buyer, payments);
  const { stdout } = await shop.theseus("logs", fresh, "--lines", "1000");
  const refusedWrites = stdout.split("\n").filter((line) => line.includes("could not be recovered")).length;
  if (manner === "obeys") await shop.theseus("rollback", "payment");
  return {
    manner,
    seconds: forMs / 1_000,
    openPayments: payments.length,
    isUntouched,
    refusedWrites,
    states,
  };
}

/** The supervisor stands still when the candidate is in standby, and does not see that it is well. */
async function stopInStandby(shop: Shop, candidate: Candidate): Promise<string> {
  const found = await eventually("it is in standby", async () => {
    const { instances } = await shop.status();
    return instances.find(({ stage, kind }) => stage === "standby" && kind === "application");
  });
  process.kill(shop.pid, "SIGSTOP");
  candidate.release();
  return found.instance;
}

async function openSome(shop: Shop, buyer: Session): Promise<readonly string[]> {
  const http = new HttpClient(shop.edge);
  const item = await stockedItem(http, await signedIn(http, shop.administrator), String(paymentCount));
  for (let payment = 0; payment < paymentCount; payment++) void pay(http, buyer, item);
  return eventually("payments are open", () => openPayments(http, buyer), {
    until: ({ length }) => length === paymentCount,
  });
}

/** Nobody waits for the answer. */
async function pay(http: HttpClient, { token }: Session, item: string): Promise<void> {
  const lines = [{ item, quantity: 1 }];
  const held = await http.post("/v1/reservations", { lines, ttl: "600s" }, { token, key: randomUUID() });
  const order = { reservation: held.body.name, cardToken: "card-slow" };
  await http.post("/v1/payments", order, { token, key: randomUUID() }).catch(() => {});
}

async function statesOf(
  http: HttpClient,
  buyer: Session,
  payments: readonly string[],
): Promise<readonly string[]> {
  const rest = { withinMs: 120_000, everyMs: 500 };
  await eventually("no payment is open", async () => (await openPayments(http, buyer)).length === 0, rest);
  return Promise.all(
    payments.map(async (name) => (await http.get(`/v1/${name}`, { token: buyer.token })).body.state),
  );
}
