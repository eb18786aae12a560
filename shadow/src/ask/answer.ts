import { type ServiceError, status } from "@grpc/grpc-js";
import { readDetails, readStatusTrailer, type StatusDetails } from "@theseus/kit/contract";

export type Value = string | number | boolean | null | Fields | readonly Value[];

/** A message in the JSON form of protobuf, with the contract's own names. */
export interface Fields {
  readonly [field: string]: Value | undefined;
}

export function isFields(value: Value | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What one side has answered. */
export interface Answer {
  readonly messages: readonly Fields[];
  readonly refusal?: Refusal;
  /** A stream that was left before its end. */
  readonly goesOn?: boolean;
}

export interface Refusal extends StatusDetails {
  /** `NOT_FOUND` */
  readonly status: string;
}

export function toRefusal({ code, metadata }: ServiceError): Refusal {
  const { details = [] } = readStatusTrailer(metadata);
  return { status: status[code] ?? String(code), ...readDetails(details) };
}

/** `OK`, `NOT_FOUND / ITEM_NOT_FOUND`, or that it goes on. */
export function endOf({ refusal, goesOn }: Answer): string {
  if (refusal === undefined) return goesOn === true ? "goes on" : "OK";
  return refusal.reason === undefined ? refusal.status : `${refusal.status} / ${refusal.reason}`;
}

/** True when nothing has answered: what an application itself says has a reason. */
export function isNobody({ refusal }: Answer): boolean {
  return refusal !== undefined && refusal.reason === undefined && NOBODY.includes(refusal.status);
}

const NOBODY = ["UNAVAILABLE", "CANCELLED", "DEADLINE_EXCEEDED"];
