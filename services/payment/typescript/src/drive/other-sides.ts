import { ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { type LedgerEntry, LedgerEntryType } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { type CallOptions, ErrorReason, StatusError } from "@theseus/kit";
import type { LedgerLine, OtherSides, ReservationSide } from "../saga/comparison.js";
import type { Intent } from "../saga/payment-log.js";
import { askedReservation } from "./asked-reservation.js";
import type { Peers } from "./peers.js";

/** Asks inventory and the card provider what they have of a payment. Without both answers it is SERVICE_UNAVAILABLE. */
export async function readOtherSides(
  peers: Peers,
  { id, reservation }: Intent,
  options: CallOptions,
): Promise<OtherSides> {
  try {
    const [held, ledger] = await Promise.all([
      readReservation(peers, reservation, options),
      readLedger(peers, id, options),
    ]);
    return { reservation: held, ledger: ledger.map(toLine) };
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "inventory or the card provider does not answer", {
      cause,
    });
  }
}

const RESERVATION_STATES: ReadonlyMap<ReservationState, ReservationSide["state"]> = new Map([
  [ReservationState.RESERVATION_STATE_HELD, "HELD"],
  [ReservationState.RESERVATION_STATE_COMMITTED, "COMMITTED"],
  [ReservationState.RESERVATION_STATE_RELEASED, "RELEASED"],
  [ReservationState.RESERVATION_STATE_EXPIRED, "EXPIRED"],
]);

async function readReservation(
  { inventory }: Peers,
  name: string,
  options: CallOptions,
): Promise<ReservationSide> {
  try {
    const { state, payment } = await askedReservation(inventory.getReservation({ name }, options), name);
    const known = RESERVATION_STATES.get(state);
    if (known === undefined) throw new Error(`a reservation in state ${state}`);
    return { state: known, payment };
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== ErrorReason.RESERVATION_NOT_FOUND) throw error;
    return { state: "MISSING", payment: "" };
  }
}

/** All lines of the provider's ledger about one payment; what it tells of others besides counts for nothing. */
export async function readLedger(
  { provider }: Peers,
  paymentId: string,
  options: CallOptions,
): Promise<readonly LedgerEntry[]> {
  const lines: LedgerEntry[] = [];
  let pageToken = "";
  do {
    const page = await provider.listLedger({ paymentId, pageSize: 200, pageToken }, options);
    lines.push(...page.entries.filter((entry) => entry.paymentId === paymentId));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return lines;
}

const LINE_TYPES: ReadonlyMap<LedgerEntryType, LedgerLine["type"]> = new Map([
  [LedgerEntryType.LEDGER_ENTRY_TYPE_AUTHORIZED, "AUTHORIZED"],
  [LedgerEntryType.LEDGER_ENTRY_TYPE_CAPTURED, "CAPTURED"],
  [LedgerEntryType.LEDGER_ENTRY_TYPE_CANCELLED, "CANCELLED"],
  [LedgerEntryType.LEDGER_ENTRY_TYPE_REFUNDED, "REFUNDED"],
]);

export function toLine({ type, amount, refundId }: LedgerEntry): LedgerLine {
  return { type: LINE_TYPES.get(type) ?? "OTHER", refundId, ...(amount && { amount }) };
}
