import { create } from "@bufbuild/protobuf";
import { DurationSchema, durationMs } from "@bufbuild/protobuf/wkt";
import type { Duration } from "@theseus/contract/google/protobuf/duration.js";
import {
  type Reservation,
  type ReservationLine,
  ReservationState,
} from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { assertResourceName } from "@theseus/kit";
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

/** How long to hold stock, in whole ms. */
export function toTtlMs(ttl: Duration | undefined): number {
  return ttl === undefined ? DEFAULT_TTL_MS : durationMs(create(DurationSchema, ttl));
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
