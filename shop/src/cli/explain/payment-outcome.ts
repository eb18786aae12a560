import type { Explanation } from "@theseus/runtime/explain";
import { type Money, moneyText } from "../../money.js";
import type { PaymentStory, Unanswered } from "./payment-story.js";

/** How a payment stands. */
export interface PaymentOutcome {
  /** `CAPTURED`; `UNKNOWN` where nobody says, `LOST` where only logs or ledger know it, `NONE` where it never began. */
  readonly state: string;
  /** One sentence, without a full stop. */
  readonly says: string;
  /** What to change or to look at. */
  readonly change?: string;
}

/** Why a payment failed, by the contract's PaymentFailure; with the reason that its caller was told. */
const FAILURES: Readonly<Record<string, readonly [because: string, reason?: string]>> = {
  DECLINED: ["the card was declined", "PAYMENT_DECLINED"],
  RESERVATION_GONE: ["its reservation had expired or was released", "RESERVATION_GONE"],
  RESERVATION_TAKEN: ["another payment had taken its reservation", "RESERVATION_TAKEN"],
  CAPTURE_REFUSED: ["the card provider refused to capture what it had authorised", "PAYMENT_DECLINED"],
  CANCELLED: ["its owner cancelled it"],
};

/** Whom payment asks, by its questions. */
const ASKED: Readonly<Record<string, string>> = {
  ...{ AUTHORIZE: "the card provider", CAPTURE: "the card provider", CANCEL: "the card provider" },
  ...{ REFUND: "the card provider", GIVE_BACK_ALL: "the card provider" },
  ...{ LOOK_AT_RESERVATION: "inventory", COMMIT_STOCK: "inventory", UNCOMMIT_STOCK: "inventory" },
};

export function outcomeOf(story: PaymentStory): PaymentOutcome {
  const { name, payment, events } = story;
  const known = "is" in payment ? payment.is : undefined;
  if ("is" in payment && known === undefined) return lost(story);
  const last = events.at(-1);
  const state = known?.state ?? stateAfter(last?.type);
  const failure = known?.failure ?? last?.failure;
  const is = known === undefined ? `${name} was ${state} when the logs ended` : `${name} is ${state}`;
  switch (state) {
    case "CAPTURED":
      return captured(story, is);
    case "FAILED":
      return { state, ...failed(is, failure) };
    case "ABORTING":
      return { state, ...failed(is, failure), ...waiting(failed(is, failure).says, "goes on", story) };
    case "UNKNOWN":
      return { state, says: `What became of ${name} is not known: the logs have none of its events` };
    default:
      return { state, ...waiting(is, "goes on", story) };
  }
}

function stateAfter(type = "UNKNOWN"): string {
  return type.startsWith("REFUND") ? "CAPTURED" : type;
}

function lost({ name, events, ledger }: PaymentStory): PaymentOutcome {
  const hasMoved = events.length > 0 || ("is" in ledger && ledger.is.length > 0);
  if (!hasMoved)
    return { state: "NONE", says: `${name} is not there: a request has begun it, and went no further` };
  return {
    state: "LOST",
    says: `${name} is not there, though it has moved: payment's store has lost it`,
    change: "theseus reconcile compares what is there with the card provider's ledger",
  };
}

function captured(story: PaymentStory, is: string): PaymentOutcome {
  const { payment, events } = story;
  const known = "is" in payment ? payment.is : undefined;
  const taken = known === undefined ? "" : `: ${moneyText(known.amount)} taken`;
  const back = known !== undefined && !isNone(known.refundedAmount);
  const given = back ? `, ${moneyText(known.refundedAmount)} of it given back` : "";
  const says = `${is}${taken}${given}`;
  if (events.at(-1)?.type !== "REFUND_REQUESTED") return { state: "CAPTURED", says };
  return { state: "CAPTURED", ...waiting(says, "has a refund under way", story) };
}

function isNone({ units = "0", nanos = 0 }: Money): boolean {
  return Number(units) === 0 && nanos === 0;
}

function failed(is: string, failure = ""): Pick<PaymentOutcome, "says" | "change"> {
  const [because = failure, reason] = FAILURES[failure] ?? [];
  return {
    says: because === "" ? is : `${is}, because ${because}`,
    ...(reason !== undefined && { change: `docs/errors.md says what ${reason} means` }),
  };
}

/** What a payment waits for that is not at rest. */
function waiting(
  is: string,
  goesOn: string,
  { events, unanswered, requests }: PaymentStory,
): Pick<PaymentOutcome, "says" | "change"> {
  const since = Date.parse(events.at(-1)?.time ?? "") || 0;
  const [first, ...others] = unanswered.filter(({ atMs }) => atMs >= since);
  const last = others.at(-1) ?? first;
  if (first === undefined || last === undefined) return { says: `${is} and ${goesOn}`, ...lastTry(requests) };
  const times = others.length === 0 ? "" : `, asked ${others.length + 1} times`;
  const cause = causeOf(last, requests);
  const why = cause === undefined ? "" : `: ${cause.because}`;
  return {
    says: `${is} and ${goesOn}, because ${ASKED[last.question] ?? "somebody"} does not answer ${last.question} (${last.code}${times})${why}`,
    change: cause?.change ?? "payment's recovery asks again by itself, after 30 s at the latest",
  };
}

/** Nobody was asked in vain: what the last request that moved it has met. */
function lastTry(requests: readonly Explanation[]): Pick<PaymentOutcome, "change"> {
  const cause = requests.at(-1)?.cause;
  if (cause === undefined) return { change: "payment's recovery takes it up 20 s after its last step" };
  return { change: `its last request failed, because ${cause.because}` };
}

function causeOf({ requestId }: Unanswered, requests: readonly Explanation[]): Explanation["cause"] {
  return requests.find((each) => each.requestId === requestId && each.cause !== undefined)?.cause;
}
