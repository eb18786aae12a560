import { addMoney, type Money, noMoney, subtractMoney } from "@theseus/kit";
import { type EventType, type Failure, isAtRest } from "./saga.js";

/** The payment as it was asked for; it never changes. It is the log's first event. */
export interface Intent {
  readonly id: string;
  /** `users/…` */
  readonly user: string;
  /** `reservations/…` */
  readonly reservation: string;
  readonly amount: Money;
  readonly request: RequestMark;
  readonly createTime: Date;
}

/** A request id and what it was used for. */
export interface RequestMark {
  readonly id: string;
  readonly fingerprint: string;
}

export interface LogEvent {
  /** 1, 2, 3, … without gaps. */
  readonly sequence: number;
  readonly type: EventType;
  readonly time: Date;
  /** On ABORTING and FAILED. */
  readonly failure?: Failure;
  /** On REFUND_REQUESTED and REFUNDED. */
  readonly amount?: Money;
  /** On REFUND_REQUESTED. */
  readonly refund?: RefundMark;
}

/** Who asked for a refund, and by which request. */
export interface RefundMark {
  /** `users/…` */
  readonly user: string;
  readonly request: RequestMark;
}

export interface PaymentLog {
  readonly intent: Intent;
  readonly events: readonly [LogEvent, ...LogEvent[]];
}

export function toPaymentName(id: string): string {
  return `payments/${id}`;
}

/** The provider's id of the refund that an event asks for. */
export function refundIdOf({ intent }: PaymentLog, sequence: number): string {
  return `${intent.id}-${sequence}`;
}

export function createdEvent({ createTime }: Intent): LogEvent {
  return { sequence: 1, type: "CREATED", time: createTime };
}

/** The log as it is right after the intent was inserted. */
export function asBegun(intent: Intent): PaymentLog {
  return { intent, events: [createdEvent(intent)] };
}

export function lastEvent({ events }: PaymentLog): LogEvent {
  return events.at(-1) ?? events[0];
}

export function stateOf(log: PaymentLog): EventType {
  return lastEvent(log).type;
}

/** True when nothing is left to do: final, with no refund under way. */
export function isSettled(log: PaymentLog): boolean {
  return isAtRest(stateOf(log));
}

/** The log as it was right after an event. */
export function upTo({ intent, events }: PaymentLog, sequence: number): PaymentLog {
  const [created, ...rest] = events;
  return { intent, events: [created, ...rest.filter((event) => event.sequence <= sequence)] };
}

/** The log as it was when the payment became final, before any refund. The log itself while it is not final. */
export function asPaid(log: PaymentLog): PaymentLog {
  const captured = log.events.find(({ type }) => type === "CAPTURED");
  return captured ? upTo(log, captured.sequence) : log;
}

/** The log as it was when a refund was carried out. The log itself while it is not. */
export function asRefunded(log: PaymentLog, requested: LogEvent): PaymentLog {
  return upTo(log, requested.sequence + 1);
}

export function refundedAmount({ intent, events }: PaymentLog): Money {
  const given = events.flatMap(({ type, amount }) => (type === "REFUNDED" && amount ? [amount] : []));
  return given.reduce(addMoney, noMoney(intent.amount.currencyCode));
}

/** The part of the amount that has not been refunded. */
export function refundableAmount(log: PaymentLog): Money {
  return subtractMoney(log.intent.amount, refundedAmount(log));
}
