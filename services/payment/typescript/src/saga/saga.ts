/** The types of events in a payment's log. The last event is the payment's state. */
export type EventType =
  | "CREATED"
  | "AUTHORIZED"
  | "STOCK_COMMITTED"
  | "CAPTURED"
  | "ABORTING"
  | "FAILED"
  | "REFUND_REQUESTED"
  | "REFUNDED";

/** Why a payment fails: on ABORTING, and again on FAILED. */
export type Failure = "DECLINED" | "RESERVATION_GONE" | "RESERVATION_TAKEN" | "CAPTURE_REFUSED" | "CANCELLED";

/** The questions to the card provider and to inventory, each with its definite answers. */
interface Answers {
  readonly AUTHORIZE: "APPROVED" | "DECLINED" | "CANCELLED";
  readonly LOOK_AT_RESERVATION: "OPEN" | "GONE" | "TAKEN";
  readonly COMMIT_STOCK: "COMMITTED" | "GONE" | "TAKEN";
  readonly CAPTURE: "CAPTURED" | "REFUSED" | "CANCELLED";
  readonly CANCEL: "CANCELLED" | "CAPTURED";
  readonly GIVE_BACK_ALL: "REFUNDED" | "REFUSED";
  readonly UNCOMMIT_STOCK: "UNCOMMITTED";
  readonly REFUND: "REFUNDED" | "REFUSED";
}

export type Question = keyof Answers;

/** UNKNOWN stands for every answer that is not definite: a timeout, a reset, UNAVAILABLE, INTERNAL and all others. */
export type Answer = Answers[Question] | "UNKNOWN";

/** What follows from an answer: an event is added, another question is asked, or the same one is asked again later. */
export type Move =
  | { readonly kind: "append"; readonly type: EventType; readonly failure?: Failure }
  | { readonly kind: "ask"; readonly question: Question }
  | { readonly kind: "wait" };

type Replies<Q extends Question> = Readonly<Record<Answers[Q] | "UNKNOWN", Move>>;

interface Active {
  /** Each pass through a state starts with this question, whatever the answers in an earlier pass were. */
  readonly first: Question;
  readonly replies: { readonly [Q in Question]?: Replies<Q> };
}

const WAIT: Move = { kind: "wait" };

/**
 * The transitions of the saga. Only a definite refusal leads to ABORTING, and only an event that is in the log is acted
 * on; an unknown answer leaves the state as it is. A state that is not here is at rest.
 */
const SAGA: { readonly [T in EventType]?: Active } = {
  CREATED: {
    first: "AUTHORIZE",
    replies: {
      AUTHORIZE: {
        APPROVED: append("AUTHORIZED"),
        DECLINED: abort("DECLINED"),
        // Only ABORTING leads to Cancel: the log has a later event already, so this insert will fail.
        CANCELLED: abort("DECLINED"),
        // A provider that does not answer must not keep a payment open whose reservation has ended.
        UNKNOWN: ask("LOOK_AT_RESERVATION"),
      },
      LOOK_AT_RESERVATION: {
        OPEN: WAIT,
        GONE: abort("RESERVATION_GONE"),
        TAKEN: abort("RESERVATION_TAKEN"),
        UNKNOWN: WAIT,
      },
    },
  },
  AUTHORIZED: {
    first: "COMMIT_STOCK",
    replies: {
      COMMIT_STOCK: {
        COMMITTED: append("STOCK_COMMITTED"),
        GONE: abort("RESERVATION_GONE"),
        TAKEN: abort("RESERVATION_TAKEN"),
        UNKNOWN: WAIT,
      },
    },
  },
  STOCK_COMMITTED: {
    first: "CAPTURE",
    replies: {
      CAPTURE: {
        CAPTURED: append("CAPTURED"),
        REFUSED: abort("CAPTURE_REFUSED"),
        CANCELLED: abort("CAPTURE_REFUSED"),
        UNKNOWN: WAIT,
      },
    },
  },
  ABORTING: {
    first: "CANCEL",
    replies: {
      CANCEL: { CANCELLED: ask("UNCOMMIT_STOCK"), CAPTURED: ask("GIVE_BACK_ALL"), UNKNOWN: WAIT },
      // The provider says that it has captured and refuses to refund: FAILED would be wrong, so people have to look.
      GIVE_BACK_ALL: { REFUNDED: ask("UNCOMMIT_STOCK"), REFUSED: WAIT, UNKNOWN: WAIT },
      UNCOMMIT_STOCK: { UNCOMMITTED: append("FAILED"), UNKNOWN: WAIT },
    },
  },
  REFUND_REQUESTED: {
    first: "REFUND",
    replies: {
      REFUND: { REFUNDED: append("REFUNDED"), REFUSED: WAIT, UNKNOWN: WAIT },
    },
  },
};

const TYPES: Readonly<Record<EventType, true>> = {
  CREATED: true,
  AUTHORIZED: true,
  STOCK_COMMITTED: true,
  CAPTURED: true,
  ABORTING: true,
  FAILED: true,
  REFUND_REQUESTED: true,
  REFUNDED: true,
};

export function isEventType(text: string): text is EventType {
  return Object.hasOwn(TYPES, text);
}

/** The first question in a state; undefined when it is at rest. */
export function firstQuestion(state: EventType): Question | undefined {
  return SAGA[state]?.first;
}

export function isAtRest(state: EventType): boolean {
  return SAGA[state] === undefined;
}

/** What follows from an answer. One that the question cannot have counts as unknown. */
export function follow(state: EventType, question: Question, answer: Answer): Move {
  const replies: Partial<Readonly<Record<Answer, Move>>> = SAGA[state]?.replies[question] ?? {};
  return replies[answer] ?? replies.UNKNOWN ?? WAIT;
}

/** What follows when the owner cancels; undefined once the stock is sold, and when the payment fails anyway. */
export function onCancel(state: EventType): Move | undefined {
  return state === "CREATED" || state === "AUTHORIZED" ? abort("CANCELLED") : undefined;
}

/** What follows when a refund is requested; undefined without a capture, and while another refund is under way. */
export function onRefund(state: EventType): Move | undefined {
  return state === "CAPTURED" || state === "REFUNDED" ? append("REFUND_REQUESTED") : undefined;
}

function append(type: EventType): Move {
  return { kind: "append", type };
}

function abort(failure: Failure): Move {
  return { kind: "append", type: "ABORTING", failure };
}

function ask(question: Question): Move {
  return { kind: "ask", question };
}
