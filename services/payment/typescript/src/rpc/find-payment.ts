import { assertResourceName, type Call, ErrorReason, isAdmin, requireUser, StatusError } from "@theseus/kit";
import type { PaymentLog } from "../saga/payment-log.js";
import type { PaymentStore } from "../store/payment-store.js";

/** Whose payments a method shows: the caller's own; everybody's to administrators; or everybody's to every caller. */
export type Visibility = "own" | "own or admin" | "any";

/** A payment that the caller may see. A missing one and one of somebody else are refused alike. */
export async function findPayment(
  store: Pick<PaymentStore, "load">,
  call: Call,
  request: { readonly name: string; readonly field: string; readonly visible: Visibility },
): Promise<PaymentLog> {
  const principal = requireUser(call);
  const log = await store.load(assertResourceName("payments", request.name, request.field));
  const everybodys = request.visible === "any" || (request.visible === "own or admin" && isAdmin(principal));
  if (log && (everybodys || log.intent.user === principal.user)) return log;
  throw new StatusError(ErrorReason.PAYMENT_NOT_FOUND, "there is no such payment");
}
