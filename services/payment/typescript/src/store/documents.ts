import type { Money } from "@theseus/kit";
import type { Intent, LogEvent } from "../saga/payment-log.js";
import { type Failure, isEventType } from "../saga/saga.js";

/** The documents of storage.md, as the driver reads them with 64-bit integers as bigint. */
export interface MoneyDocument {
  readonly currency_code: string;
  readonly units: bigint;
  readonly nanos: number;
}

export interface IntentDocument {
  readonly _id: string;
  /** `users/…`; empty in a document that only occupies the id of a payment that must never begin. */
  readonly user: string;
  readonly request_id: string;
  readonly fingerprint: string;
  readonly reservation: string;
  readonly amount: MoneyDocument;
  readonly create_time: Date;
}

export interface EventDocument {
  readonly _id: string;
  readonly payment: string;
  readonly sequence: number;
  readonly type: string;
  readonly event_time: Date;
  readonly failure?: Failure;
  readonly amount?: MoneyDocument;
  readonly refund_user?: string;
  readonly refund_request_id?: string;
  readonly refund_fingerprint?: string;
}

export interface MarkerDocument {
  readonly _id: string;
  readonly payment: string;
  readonly sequence: number;
  readonly create_time: Date;
  /** On the marker of an intent. */
  readonly card_token?: string;
}

export interface SlotDocument {
  readonly _id: string;
  readonly payment: string;
  readonly request_id: string;
  readonly create_time: Date;
}

/** `{payment}#{sequence in 8 digits}`: the order of the ids is the order of the log. */
export function eventId(payment: string, sequence: number): string {
  return `${payment}#${sequence.toString().padStart(8, "0")}`;
}

export function fromIntent(intent: Intent): IntentDocument {
  return {
    _id: intent.id,
    user: intent.user,
    request_id: intent.request.id,
    fingerprint: intent.request.fingerprint,
    reservation: intent.reservation,
    amount: fromMoney(intent.amount),
    create_time: intent.createTime,
  };
}

/** True when the document only occupies a payment's place. */
export function isVoid({ user }: IntentDocument): boolean {
  return user === "";
}

export function toIntent(document: IntentDocument): Intent {
  return {
    id: document._id,
    user: document.user,
    reservation: document.reservation,
    amount: toMoney(document.amount),
    request: { id: document.request_id, fingerprint: document.fingerprint },
    createTime: document.create_time,
  };
}

export function fromEvent(payment: string, event: LogEvent): EventDocument {
  const { sequence, type, time, failure, amount, refund } = event;
  return {
    _id: eventId(payment, sequence),
    payment,
    sequence,
    type,
    event_time: time,
    ...(failure && { failure }),
    ...(amount && { amount: fromMoney(amount) }),
    ...(refund && {
      refund_user: refund.user,
      refund_request_id: refund.request.id,
      refund_fingerprint: refund.request.fingerprint,
    }),
  };
}

export function toEvent(document: EventDocument): LogEvent {
  // If an unknown type were taken for a state at rest, the payment would never be finished.
  if (!isEventType(document.type)) throw new Error(`${document._id} is of a type that is not known`);
  const { refund_user: user, refund_request_id: id, refund_fingerprint: fingerprint } = document;
  const asked = user !== undefined && id !== undefined && fingerprint !== undefined;
  return {
    sequence: document.sequence,
    type: document.type,
    time: document.event_time,
    ...(document.failure && { failure: document.failure }),
    ...(document.amount && { amount: toMoney(document.amount) }),
    ...(asked && { refund: { user, request: { id, fingerprint } } }),
  };
}

function fromMoney({ currencyCode, units, nanos }: Money): MoneyDocument {
  return { currency_code: currencyCode, units, nanos };
}

function toMoney({ currency_code, units, nanos }: MoneyDocument): Money {
  return { currencyCode: currency_code, units: BigInt(units), nanos };
}
