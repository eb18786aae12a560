import { ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { LedgerEntryType } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import type { Step, Value } from "../../src/cases/case.js";
import { mismatches, toMs } from "../../src/expectations/expectation.js";
import { type CaseRun, StepFailure } from "../../src/steps/case-run.js";
import { checkBooks } from "./books.js";
import type { Played } from "./played.js";
import type { PlayedInventory } from "./played-inventory.js";
import type { PlayedProvider } from "./played-provider.js";
import type { Script, Seen } from "./script.js";

type Fields = Readonly<Record<string, Value>>;

/** Below the 20 s after which recovery takes a payment up where nobody says otherwise. */
const REACHED_MS = 15_000;

/** Performs `reservation`, `ledger`, `books` and `peer` steps; false for others. */
export async function performPeerStep(
  played: Played,
  verb: string,
  step: Step,
  run: CaseRun,
): Promise<boolean> {
  const fields = run.scope.fill(step as Fields);
  if (verb === "reservation") makeReservation(played, fields, run);
  else if (verb === "ledger") checkLedger(played, fields, run);
  else if (verb === "books") await checkBooks(played, fields, run);
  else if (verb === "peer") await performPeer(played, fields, run);
  else return false;
  return true;
}

/** `reservation: NAME, owner: alice, total: {…}, hold: 900s` makes one and binds its name. */
function makeReservation({ inventory }: Played, step: Fields, run: CaseRun): void {
  const {
    units = 12,
    nanos = 500_000_000,
    currency_code: currencyCode = "EUR",
  } = (step.total ?? {}) as Fields;
  const total = { currencyCode: String(currencyCode), units: BigInt(String(units)), nanos: Number(nanos) };
  const owner = run.scope.user(String(step.owner));
  run.scope.bind(
    String(step.reservation),
    inventory.reserve(owner, total, toMs(String(step.hold ?? "900s"))),
  );
}

/** `ledger: PAYMENT, entries: [AUTHORIZED, { type: CAPTURED, units: 12 }]`: what the provider wrote of a payment. */
function checkLedger({ provider }: Played, step: Fields, run: CaseRun): void {
  const payment = String(step.ledger).replace("payments/", "");
  const entries = provider.ledger(payment).map(({ type, amount, refundId }) => ({
    type: (LedgerEntryType[type] ?? "").replace("LEDGER_ENTRY_TYPE_", ""),
    ...(amount === undefined
      ? {}
      : { units: String(amount.units), nanos: amount.nanos, currency_code: amount.currencyCode }),
    refund_id: refundId,
  }));
  const wanted = (step.entries as readonly Value[]).map((entry) =>
    typeof entry === "string" ? { type: entry } : entry,
  );
  const faults = mismatches(wanted, entries, run.scope, "ledger");
  if (faults.length > 0) throw new StepFailure("ledger", undefined, wanted, entries, faults);
}

/** `peer: provider.Capture`, a method, or `peer: inventory`, who acts by itself. */
async function performPeer(played: Played, step: Fields, run: CaseRun): Promise<void> {
  switch (step.peer) {
    case "inventory":
      return performInventory(played.inventory, step, run);
    case "provider":
      return performProvider(played.provider, step);
    case "user":
      return performUser(played, step, run);
    default:
      return performMethod(played.scripts.of(run.scope.user("script")), step, run);
  }
}

/**
 * Of a method: `then: [lose]`, `reached: 1`, `release: answered | unanswered`, `calls: 2`, or
 * `saw: [{ request: {…}, metadata: {…} }]`, each call of it.
 */
async function performMethod(script: Script, step: Fields, run: CaseRun): Promise<void> {
  const method = String(step.peer);
  if (step.then !== undefined) script.append(method, step.then as readonly string[]);
  else if (step.reached !== undefined) await assertReached(script, step);
  else if (step.release !== undefined)
    script.release(method, step.release === "answered" ? "answered" : "unanswered");
  else if (step.calls !== undefined) checkCalls(script.calls(method), step);
  else if (step.saw !== undefined) checkSeen(script.seen(method), step, run);
  else throw unknownStep(step);
}

/** `free: RESERVATION`, `expire: …`, `forget: …`, `commit: RESERVATION, to: PAYMENT`, `shows: RESERVATION, is: {…}`. */
function performInventory(inventory: PlayedInventory, step: Fields, run: CaseRun): void {
  if (step.free !== undefined) inventory.release(String(step.free));
  else if (step.expire !== undefined) inventory.expire(String(step.expire));
  else if (step.forget !== undefined) inventory.forget(String(step.forget));
  else if (step.commit !== undefined)
    inventory.commit({ name: String(step.commit), payment: String(step.to) });
  else if (step.shows !== undefined) checkReservation(inventory, step, run);
  else throw unknownStep(step);
}

/** `captures: PAYMENT`, `cancels: …` or `refunds: …`, all of it: what somebody does at the provider by hand. */
function performProvider(provider: PlayedProvider, step: Fields): void {
  const idOf = (payment: Value) => String(payment).replace("payments/", "");
  if (step.captures !== undefined) provider.capture(idOf(step.captures));
  else if (step.cancels !== undefined) provider.cancel(idOf(step.cancels));
  else if (step.refunds !== undefined)
    provider.refund({ paymentId: idOf(step.refunds), refundId: "by-hand", amount: undefined });
  else throw unknownStep(step);
}

/** `delete: NAME`, whose account is deleted; `forget: NAME`, whom nobody knows. */
function performUser({ gone, unknown }: Played, step: Fields, run: CaseRun): void {
  if (step.delete !== undefined) gone.add(run.scope.user(String(step.delete)));
  else if (step.forget !== undefined) unknown.add(run.scope.user(String(step.forget)));
  else throw unknownStep(step);
}

function unknownStep(step: Fields): Error {
  return new Error(`${JSON.stringify(step)} does not say what the peer is to do`);
}

async function assertReached(script: Script, { peer, reached }: Fields): Promise<void> {
  try {
    await script.reached(String(peer), Number(reached), REACHED_MS);
  } catch (error) {
    const made = script.calls(String(peer));
    throw new StepFailure(`calls of ${peer}`, undefined, reached ?? null, made, [String(error)]);
  }
}

function checkCalls(made: number, step: Fields): void {
  if (made === Number(step.calls)) return;
  throw new StepFailure(`calls of ${step.peer}`, undefined, step.calls ?? null, made, [
    `it was called ${made} times`,
  ]);
}

function checkSeen(seen: readonly Seen[], step: Fields, run: CaseRun): void {
  const faults = mismatches(step.saw ?? [], seen, run.scope, "calls");
  if (faults.length > 0)
    throw new StepFailure(`calls of ${step.peer}`, undefined, step.saw ?? [], seen, faults);
}

function checkReservation(inventory: PlayedInventory, step: Fields, run: CaseRun): void {
  const { state, payment } = inventory.get(String(step.shows));
  const actual = { state: (ReservationState[state] ?? "").replace("RESERVATION_STATE_", ""), payment };
  const faults = mismatches(step.is ?? {}, actual, run.scope, "reservation");
  if (faults.length > 0) throw new StepFailure("reservation", undefined, step.is ?? {}, actual, faults);
}
