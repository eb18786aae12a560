import { setTimeout as sleep } from "node:timers/promises";
import { ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { LedgerEntryType } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { encodePageToken } from "@theseus/kit";
import type { WorldStep } from "../../src/cases/steps.js";
import type { Value } from "../../src/cases/value.js";
import { mismatches, toMs } from "../../src/expectations/expectation.js";
import { type CaseRun, StepFailure } from "../../src/steps/case-run.js";
import { checkBooks } from "./books.js";
import type { Played } from "./played.js";
import type { PlayedInventory } from "./played-inventory.js";
import type { PlayedProvider } from "./played-provider.js";
import type { Script } from "./script.js";
import type {
  BooksStep,
  InventoryStep,
  LedgerStep,
  MethodStep,
  ProviderStep,
  ReservationStep,
  TokenStep,
  UserStep,
} from "./steps.js";

type PeerStep = InventoryStep | ProviderStep | UserStep | MethodStep;

/** What is set aside by hand where nothing is said. */
const BY_HAND = { currencyCode: "EUR", units: 12n, nanos: 500_000_000 };

/** Below the 20 s after which recovery takes a payment up where nobody says otherwise. */
const REACHED_MS = 15_000;

/** Performs `reservation`, `ledger`, `books`, `token` and `peer` steps; false for others. */
export async function performPeerStep(played: Played, step: WorldStep, run: CaseRun): Promise<boolean> {
  // The schema of this world has read it.
  const filled: unknown = run.scope.fill(step);
  switch (step.verb) {
    case "reservation":
      makeReservation(played, filled as ReservationStep, run);
      return true;
    case "ledger":
      checkLedger(played, filled as LedgerStep, run);
      return true;
    case "books":
      await checkBooks(played, filled as BooksStep, run);
      return true;
    case "token":
      makeToken(filled as TokenStep, run);
      return true;
    case "peer":
      await performPeer(played, filled as PeerStep, run);
      return true;
    default:
      return false;
  }
}

function makeReservation({ inventory }: Played, step: ReservationStep, run: CaseRun): void {
  const { units = 12, nanos = 500_000_000, currency_code: currencyCode = "EUR" } = step.total ?? {};
  const total = { currencyCode, units: BigInt(units), nanos };
  const owner = run.scope.user(step.owner);
  run.scope.bind(step.reservation, inventory.reserve(owner, total, toMs(step.hold ?? "900s")));
}

function makeToken({ token, watch, events, cursor }: TokenStep, run: CaseRun): void {
  const bound = watch === undefined ? ["ListPaymentEvents", events ?? ""] : ["WatchPayment", watch];
  run.scope.bind(token, encodePageToken(bound, cursor));
}

function checkLedger({ provider }: Played, step: LedgerStep, run: CaseRun): void {
  const entries = provider.ledger(idOf(step.ledger)).map(({ type, amount, refundId }) => ({
    type: (LedgerEntryType[type] ?? "").replace("LEDGER_ENTRY_TYPE_", ""),
    ...(amount === undefined
      ? {}
      : { units: String(amount.units), nanos: amount.nanos, currency_code: amount.currencyCode }),
    refund_id: refundId,
  }));
  const wanted = step.entries.map((entry) => (typeof entry === "string" ? { type: entry } : entry));
  const faults = mismatches(wanted, entries, run.scope, "ledger");
  if (faults.length > 0) throw new StepFailure("ledger", undefined, wanted, entries, faults);
}

async function performPeer(played: Played, step: PeerStep, run: CaseRun): Promise<void> {
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

async function performMethod(script: Script, step: MethodStep, run: CaseRun): Promise<void> {
  const { peer: method, reached, release, calls, at_most: atMost, for: time, saw } = step;
  if (reached !== undefined) await assertReached(script, method, reached);
  if (release !== undefined) script.release(method, release);
  if (calls !== undefined) checkCalls(script, method, Number(calls));
  if (atMost !== undefined) await assertFew(script, method, { atMost, ms: toMs(time ?? "0s") });
  if (saw !== undefined) checkSeen(script, { method, saw }, run);
}

function performInventory(inventory: PlayedInventory, step: InventoryStep, run: CaseRun): void {
  const { free, expire, rewind, forget, commit, to, shows, is } = step;
  if (free !== undefined) inventory.release(free);
  if (expire !== undefined) inventory.expire(expire);
  if (rewind !== undefined) inventory.rewind(rewind);
  if (forget !== undefined) inventory.forget(forget);
  if (commit !== undefined && to !== undefined) inventory.commit({ name: commit, payment: to });
  if (shows !== undefined && is !== undefined) checkReservation(inventory, { name: shows, is }, run);
}

function performProvider(provider: PlayedProvider, step: ProviderStep): void {
  const { charges, units, captures, cancels, refunds, loses, after } = step;
  const amount = units === undefined ? BY_HAND : { currencyCode: "EUR", units: BigInt(units), nanos: 0 };
  if (charges !== undefined) provider.authorize({ paymentId: idOf(charges), amount, cardToken: "card-ok" });
  if (loses !== undefined) provider.lose(idOf(loses), after ?? 0);
  if (captures !== undefined) provider.capture(idOf(captures));
  if (cancels !== undefined) provider.cancel(idOf(cancels));
  if (refunds !== undefined)
    provider.refund({ paymentId: idOf(refunds), refundId: "by-hand", amount: undefined });
}

function performUser({ gone, unknown }: Played, { delete: deleted, forget }: UserStep, run: CaseRun): void {
  if (deleted !== undefined) gone.add(run.scope.user(deleted));
  if (forget !== undefined) unknown.add(run.scope.user(forget));
}

function idOf(payment: string): string {
  return payment.replace("payments/", "");
}

async function assertReached(script: Script, method: string, times: number): Promise<void> {
  try {
    await script.reached(method, times, REACHED_MS);
  } catch (error) {
    throw new StepFailure(`calls of ${method}`, undefined, times, script.calls(method), [String(error)]);
  }
}

function checkCalls(script: Script, method: string, times: number): void {
  const made = script.calls(method);
  if (made === times) return;
  throw new StepFailure(`calls of ${method}`, undefined, times, made, [`it was called ${made} times`]);
}

/** Looks all the time: a storm is told before it has gone on for long. */
async function assertFew(
  script: Script,
  method: string,
  { atMost, ms }: { readonly atMost: number; readonly ms: number },
): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until && script.calls(method) <= atMost) await sleep(50);
  const made = script.calls(method);
  if (made > atMost)
    throw new StepFailure(`calls of ${method}`, undefined, atMost, made, [`it was called ${made} times`]);
}

function checkSeen(script: Script, { method, saw }: { method: string; saw: Value }, run: CaseRun): void {
  const seen = script.seen(method);
  const faults = mismatches(saw, seen, run.scope, "calls");
  if (faults.length > 0) throw new StepFailure(`calls of ${method}`, undefined, saw, seen, faults);
}

function checkReservation(
  inventory: PlayedInventory,
  { name, is }: { readonly name: string; readonly is: Value },
  run: CaseRun,
): void {
  const { state, payment } = inventory.get(name);
  const actual = { state: (ReservationState[state] ?? "").replace("RESERVATION_STATE_", ""), payment };
  const faults = mismatches(is, actual, run.scope, "reservation");
  if (faults.length > 0) throw new StepFailure("reservation", undefined, is, actual, faults);
}
