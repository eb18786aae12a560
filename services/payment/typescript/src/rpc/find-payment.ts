import { assertResourceName, type Call, ErrorReason, isAdmin, requireUser, StatusError } from "@theseus/kit";
import { asBegun, type Intent, type PaymentLog } from "../saga/payment-log.js";
import { catchUp, type PaymentStore } from "../store/payment-store.js";

/** Whose payments a method shows: the caller's own; everybody's to administrators; or everybody's to every caller. */
export type Visibility = "own" | "own or admin" | "any";

export interface Wanted {
  readonly name: string;
  /** The request's field that has the name. */
  readonly field: string;
  readonly visible: Visibility;
}

/** A payment that the caller may see, as far as it is. */
export async function findPayment(
  store: Pick<PaymentStore, "findIntent" | "eventsAfter">,
  call: Call,
  wanted: Wanted,
): Promise<PaymentLog> {
  return catchUp(store, asBegun(await findIntent(store, call, wanted)));
}

/**
 * The intent of a payment that the caller may see. A missing one and one of somebody else are refused alike, after the
 * same reads: the log is not looked at before the owner is known, or the time that it takes would tell the two apart.
 */
export async function findIntent(
  store: Pick<PaymentStore, "findIntent">,
  call: Call,
  { name, field, visible }: Wanted,
): Promise<Intent> {
  const principal = requireUser(call);
  const intent = await store.findIntent(assertResourceName("payments", name, field));
  const everybodys = visible === "any" || (visible === "own or admin" && isAdmin(principal));
  if (intent && (everybodys || intent.user === principal.user)) return intent;
  throw new StatusError(ErrorReason.PAYMENT_NOT_FOUND, "there is no such payment");
}
