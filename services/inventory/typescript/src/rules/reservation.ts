import { create } from "@bufbuild/protobuf";
import { DurationSchema, durationMs } from "@bufbuild/protobuf/wkt";
import type { Duration } from "@theseus/contract/google/protobuf/duration.js";
import {
  type Reservation,
  type ReservationLine,
  ReservationState,
} from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { assertResourceName, ErrorReason, StatusError } from "@theseus/kit";
import { fromStoredMoney, ITEMS } from "./item.js";

const RESERVATIONS = "reservations";
const DEFAULT_TTL_MS = 15 * 60 * 1000;

const STATES = new Map([
  ["HELD", ReservationState.RESERVATION_STATE_HELD],
  ["COMMITTED", ReservationState.RESERVATION_STATE_COMMITTED],
  ["RELEASED", ReservationState.RESERVATION_STATE_RELEASED],
  ["EXPIRED", ReservationState.RESERVATION_STATE_EXPIRED],
]);

/** The id in a reservation's name. */
export function fromReservationName(name: string): string {
  return assertResourceName(RESERVATIONS, name, "name");
}

/** How long to hold stock, rounded to the nearest ms. */
export function toTtlMs(ttl: Duration | undefined): number {
  if (ttl === undefined) return DEFAULT_TTL_MS;
  // The rules compare seconds before nanos: 3,599 s and 2,000,000,000 ns, which is no duration, would pass as less than an hour.
  if (!isDuration(ttl)) throw ttlOutOfRange();
  return durationMs(create(DurationSchema, ttl));
}

/** As google.protobuf.Duration asks: less than a second of nanos, with the sign of the seconds. */
function isDuration({ seconds, nanos }: Duration): boolean {
  return Math.abs(nanos) < 1e9 && (seconds === 0n || nanos === 0 || seconds < 0n === nanos < 0);
}

/** Refuses as the contract's rule on the field does. */
function ttlOutOfRange(): StatusError {
  const field = "reservation.ttl";
  const message = "must be greater than or equal to 1s and less than or equal to 3600s";
  const violations = [{ field, rule: "duration.gte_lte", message }];
  return new StatusError(ErrorReason.VALIDATION_FAILED, `${field}: ${message}`, { violations });
}

/** A reservation from the list of values with which scripts answer it. */
export function fromReservationReply(values: readonly string[]): Reservation {
  const [id = "", owner = "", state = "", payment = "", createTime = "", expireTime = "", ...rest] = values;
  const [currency = "", units = "", nanos = "", lines = ""] = rest;
  return {
    name: `${RESERVATIONS}/${id}`,
    owner,
    lines: lines.split("\n").map((line) => fromStoredLine(line, currency)),
    total: fromStoredMoney(currency, units, nanos),
    state: STATES.get(state) ?? ReservationState.RESERVATION_STATE_UNSPECIFIED,
    payment,
    createTime: new Date(Number(createTime)),
    expireTime: new Date(Number(expireTime)),
    ttl: undefined,
  };
}

function fromStoredLine(line: string, currency: string): ReservationLine {
  const [item = "", quantity = "", units = "", nanos = ""] = line.split(" ");
  return {
    item: `${ITEMS}/${item}`,
    quantity: Number(quantity),
    unitPrice: fromStoredMoney(currency, units, nanos),
  };
}
