import { ErrorReason, reasonNamed, StatusError } from "@theseus/kit";

const TEXTS = new Map<ErrorReason, string>([
  [ErrorReason.REQUEST_ID_REUSED, "request_id was used before, for another request"],
  [ErrorReason.QUOTA_EXCEEDED, "the caller holds as much as one may"],
  [ErrorReason.ETAG_MISMATCH, "the item has changed since its etag was read"],
  [ErrorReason.ITEM_NOT_FOUND, "there is no such item"],
  [ErrorReason.ITEM_EXISTS, "an item with this id exists"],
  [ErrorReason.ITEM_RETIRED, "the item is no longer sold"],
  [ErrorReason.STOCK_INSUFFICIENT, "fewer pieces are left than asked for"],
  [ErrorReason.STOCK_OUT_OF_RANGE, "the stock would fall below what is held, or outgrow its range"],
  [ErrorReason.TOTAL_OUT_OF_RANGE, "the total is larger than an amount can be"],
  [ErrorReason.CURRENCY_MIXED, "the lines are priced in more than one currency"],
  [ErrorReason.RESERVATION_NOT_FOUND, "there is no such reservation"],
  [ErrorReason.RESERVATION_COMMITTED, "the reservation has been paid for"],
  [ErrorReason.RESERVATION_GONE, "the reservation's stock is no longer held"],
  [ErrorReason.RESERVATION_TAKEN, "another payment has taken the reservation"],
  [ErrorReason.RESUME_TOKEN_EXPIRED, "the changes after resume_token are no longer kept"],
]);

/** Whether a script's status is a refusal: the name of a reason of the contract. */
export function isRefusal(status: unknown): boolean {
  return status !== "OK" && status !== "REPEATED";
}

/** A script's refusal as an error for the caller. The values are names and values of metadata in turn. */
export function toRefusal(status: unknown, values: readonly unknown[]): Error {
  const reason = reasonNamed(String(status));
  const text = reason === undefined ? undefined : TEXTS.get(reason);
  if (reason === undefined || text === undefined) return new Error(`a script answered ${String(status)}`);
  const metadata: Record<string, string> = {};
  for (let at = 0; at + 1 < values.length; at += 2) metadata[String(values[at])] = String(values[at + 1]);
  return new StatusError(reason, text, { metadata });
}
