import type {
  ListPaymentEventsRequest,
  ListPaymentEventsResponse,
  ListPaymentsRequest,
  ListPaymentsResponse,
} from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { type Call, decodePageToken, encodePageToken, isAdmin, pageSize, requireUser } from "@theseus/kit";
import type { PaymentContext } from "../payment-context.js";
import { findPayment } from "./find-payment.js";
import { toPayment, toPaymentEvent } from "./payment-message.js";

/** Cursors: a payment's time of creation in ms and its id; an event's sequence. */
const CREATED = [/^[0-9]{1,15}$/, /./];
const SEQUENCE = [/^[0-9]{1,8}$/];

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

export async function listPaymentEvents(
  { store }: PaymentContext,
  request: ListPaymentEventsRequest,
  call: Call,
): Promise<ListPaymentEventsResponse> {
  const { intent, events } = await findPayment(store, call, {
    name: request.parent,
    field: "parent",
    visible: "own or admin",
  });
  const bound = ["ListPaymentEvents", request.parent];
  const [after = "0"] = request.pageToken === "" ? [] : decodePageToken(bound, request.pageToken, SEQUENCE);
  const limit = pageSize(request.pageSize);
  const found = events.filter(({ sequence }) => sequence > Number(after));
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    events: page.map((event) => toPaymentEvent(intent.id, event)),
    nextPageToken: last && found.length > limit ? encodePageToken(bound, [last.sequence.toString()]) : "",
  };
}

function toCursor([time = "", id = ""]: readonly string[]) {
  return { time: new Date(Number(time)), id };
}
