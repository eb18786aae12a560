import type {
  ListPaymentEventsRequest,
  ListPaymentEventsResponse,
} from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { type Call, decodePageToken, encodePageToken, pageSize } from "@theseus/kit";
import type { PaymentContext } from "../payment-context.js";
import { createdEvent, type Intent, type LogEvent } from "../saga/payment-log.js";
import type { PaymentStore } from "../store/payment-store.js";
import { findIntent } from "./find-payment.js";
import { toPaymentEvent } from "./payment-message.js";

/** A cursor: an event's sequence. */
const SEQUENCE = [/^[0-9]{1,8}$/];

export async function listPaymentEvents(
  { store }: PaymentContext,
  request: ListPaymentEventsRequest,
  call: Call,
): Promise<ListPaymentEventsResponse> {
  const intent = await findIntent(store, call, {
    name: request.parent,
    field: "parent",
    visible: "own or admin",
  });
  const bound = ["ListPaymentEvents", request.parent];
  const [after = "0"] = request.pageToken === "" ? [] : decodePageToken(bound, request.pageToken, SEQUENCE);
  const limit = pageSize(request.pageSize);
  const found = await readAfter(store, intent, { after: Number(after), atLeast: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    events: page.map((event) => toPaymentEvent(intent.id, event)),
    nextPageToken: last && found.length > limit ? encodePageToken(bound, [last.sequence.toString()]) : "",
  };
}

/** Only the page is read, however long the log is. */
async function readAfter(
  store: Pick<PaymentStore, "eventsAfter">,
  intent: Intent,
  { after, atLeast }: { readonly after: number; readonly atLeast: number },
): Promise<readonly LogEvent[]> {
  if (after > 0) return store.eventsAfter(intent.id, after, atLeast);
  return [createdEvent(intent), ...(await store.eventsAfter(intent.id, 1, atLeast))];
}
