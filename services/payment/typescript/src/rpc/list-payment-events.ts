import type {
  ListPaymentEventsRequest,
  ListPaymentEventsResponse,
} from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { type Call, decodePageToken, encodePageToken, pageSize } from "@theseus/kit";
import type { PaymentContext } from "../payment-context.js";
import { findPayment } from "./find-payment.js";
import { toPaymentEvent } from "./payment-message.js";

/** A cursor: an event's sequence. */
const SEQUENCE = [/^[0-9]{1,8}$/];

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
