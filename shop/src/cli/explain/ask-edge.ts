import { type Endpoints, Fault } from "@theseus/runtime/control";
import { createEdgeClient, faultOf } from "../../seed/edge-client.js";
import { tokenAt } from "../token.js";
import { withoutStop } from "./half-sentence.js";
import type { EventFact, PaymentFact, Said } from "./payment-story.js";

/** Whoever types waits for it, and a part that is away for longer is missing. */
const EDGE = { patienceMs: 2_500 };

/** Undefined where payment says that there is none. */
export async function askPayment(endpoints: Endpoints, id: string): Promise<Said<PaymentFact | undefined>> {
  const answer = await get(endpoints, `/v1/payments/${id}`);
  if ("missing" in answer) return answer;
  return { is: answer.is && toPayment(answer.is) };
}

/** All of them. */
export async function askEvents(endpoints: Endpoints, id: string): Promise<Said<readonly EventFact[]>> {
  const events: EventFact[] = [];
  let pageToken = "";
  do {
    const query = new URLSearchParams({ pageSize: "200", pageToken });
    const page = await get(endpoints, `/v1/payments/${id}/events?${query}`);
    if ("missing" in page) return page;
    const { events: some = [], nextPageToken = "" } = (page.is ?? {}) as EventsPage;
    events.push(...some.map(toEvent));
    pageToken = nextPageToken;
  } while (pageToken !== "");
  return { is: events };
}

type Json = Readonly<Record<string, unknown>>;

/** As an administrator. Undefined for NOT_FOUND. */
async function get(endpoints: Endpoints, path: string): Promise<Said<Json | undefined>> {
  try {
    const token = await tokenAt(endpoints, { admin: true }, EDGE);
    const answer = await createEdgeClient(endpoints.http, EDGE)({ method: "GET", path, token });
    if (answer.status === 404) return { is: undefined };
    if (answer.status === 200) return { is: answer.body };
    return { missing: `GET ${path} was answered ${answer.status}${faultOf(answer)}` };
  } catch (error) {
    if (error instanceof Fault) return { missing: withoutStop(error.problem) };
    throw error;
  }
}

type PaymentJson = Omit<PaymentFact, "failure"> & { readonly failure?: string };

interface EventsPage {
  readonly events?: readonly EventJson[];
  readonly nextPageToken?: string;
}

type EventJson = Omit<EventFact, "sequence" | "time"> & {
  readonly sequence: string;
  readonly eventTime: string;
};

function toPayment(json: Json): PaymentFact {
  const { state, failure, user, reservation, amount, refundedAmount } = json as unknown as PaymentJson;
  return {
    ...{ user, reservation, amount, refundedAmount, state: state.replace("PAYMENT_STATE_", "") },
    ...failureOf(failure),
  };
}

function toEvent({ sequence, type, failure, amount, eventTime: time }: EventJson): EventFact {
  return {
    ...{ sequence: Number(sequence), type: type.replace("PAYMENT_EVENT_TYPE_", ""), time },
    ...failureOf(failure),
    ...(amount && { amount }),
  };
}

function failureOf(failure = "PAYMENT_FAILURE_UNSPECIFIED"): { readonly failure?: string } {
  const word = failure.replace("PAYMENT_FAILURE_", "");
  return word === "UNSPECIFIED" ? {} : { failure: word };
}
