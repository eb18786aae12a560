import type {
  ListPaymentsRequest,
  ListPaymentsResponse,
} from "@theseus/contract/theseus/payment/v1/payment_service.js";
import {
  type Call,
  decodePageToken,
  encodePageToken,
  isAdmin,
  pageSize,
  RESOURCE_ID,
  requireUser,
} from "@theseus/kit";
import type { PaymentContext } from "../payment-context.js";
import { toPayment } from "./payment-message.js";

/** A cursor: a payment's time of creation in ms, and its id. */
const CREATED = [/^[0-9]{1,15}$/, RESOURCE_ID];

export async function listPayments(
  { store }: PaymentContext,
  request: ListPaymentsRequest,
  call: Call,
): Promise<ListPaymentsResponse> {
  const principal = requireUser(call);
  const user = request.user === "" && !isAdmin(principal) ? principal.user : request.user;
  const bound = ["ListPayments", principal.user, user];
  const after =
    request.pageToken === "" ? undefined : toCursor(decodePageToken(bound, request.pageToken, CREATED));
  if (user !== principal.user && !isAdmin(principal)) return { payments: [], nextPageToken: "" };
  const limit = pageSize(request.pageSize);
  const found = await store.list({ limit: limit + 1, ...(user !== "" && { user }), ...(after && { after }) });
  const page = found.slice(0, limit);
  const last = page.at(-1)?.intent;
  const cursor = last && [last.createTime.getTime().toString(), last.id];
  return {
    payments: page.map(toPayment),
    nextPageToken: cursor && found.length > limit ? encodePageToken(bound, cursor) : "",
  };
}

function toCursor([time = "", id = ""]: readonly string[]) {
  return { time: new Date(Number(time)), id };
}
