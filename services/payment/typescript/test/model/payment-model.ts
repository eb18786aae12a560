import {
  type Answer,
  type EventType,
  firstQuestion,
  follow,
  isAtRest,
  type Move,
  onCancel,
  onRefund,
  type Question,
} from "../../src/saga/saga.js";
import * as card from "./card-world.js";
import type { Model } from "./explore.js";
import { violation } from "./payment-invariants.js";
import { keyOf } from "./payment-key.js";
import {
  type Event,
  type Payment,
  refundedIn,
  stateOf,
  TOTAL,
  type Wish,
  type Worker,
  type World,
} from "./payment-world.js";
import * as stock from "./stock-world.js";
import type { Weakening } from "./weakening.js";

export interface ModelOptions {
  readonly payments: number;
  readonly workers: number;
  /** Where each payment starts; the card's books must fit. */
  readonly from: "CREATED" | "AUTHORIZED" | "CAPTURED";
  readonly wishes: readonly Wish[];
  /** False leaves out refusals of captures, to keep a model of several payments small. */
  readonly captureMayFail: boolean;
  readonly without?: Weakening;
}

const IDLE: Worker = { kind: "idle" };

export function paymentModel(options: ModelOptions): Model<World> {
  return {
    initial: initialWorld(options),
    key: keyOf,
    successors: (world) => successors(world, options),
    violation,
    isFinal: ({ payments }) => payments.every(({ log }) => isAtRest(stateOf(log))),
  };
}

const PATH: readonly EventType[] = ["CREATED", "AUTHORIZED", "STOCK_COMMITTED", "CAPTURED"];

const BOOKS: Readonly<Record<ModelOptions["from"], card.CardBooks>> = {
  CREATED: card.NO_BOOKS,
  AUTHORIZED: { ...card.NO_BOOKS, status: "authorized", authorizations: 1 },
  CAPTURED: { ...card.NO_BOOKS, status: "captured", authorizations: 1, captures: 1 },
};

function initialWorld({ payments, workers, from, wishes }: ModelOptions): World {
  const payment: Payment = {
    log: PATH.slice(0, PATH.indexOf(from) + 1).map((type) => ({ type, amount: 0 })),
    books: BOOKS[from],
    adrift: [],
    workers: Array.from({ length: workers }, () => IDLE),
    wishes,
  };
  const reservation = from === "CAPTURED" ? stock.commit(stock.HELD, 0)[0] : stock.HELD;
  return { payments: Array.from({ length: payments }, () => payment), reservation };
}

/** Everything that can happen next, in any order: time, late messages, workers, the client. */
function successors(world: World, options: ModelOptions): World[] {
  const found: World[] = [];
  if (world.reservation.state === "HELD") {
    found.push({ ...world, reservation: { ...world.reservation, state: "EXPIRED" } });
  }
  for (const [index, payment] of world.payments.entries()) {
    const put = (changed: Partial<Payment>, reservation = world.reservation) => {
      found.push({ payments: replaced(world.payments, index, { ...payment, ...changed }), reservation });
    };
    lateMessages(world, index, options, put);
    for (const [at, worker] of payment.workers.entries()) {
      workerSteps(world, index, worker, options, (next, changed, reservation) => {
        put({ ...changed, workers: replaced(payment.workers, at, next) }, reservation);
      });
    }
    for (const [at, wish] of payment.wishes.entries()) clientSteps(payment, at, wish, options, put);
  }
  return found;
}

type Put = (changed: Partial<Payment>, reservation?: stock.StockRecord) => void;

/** A request of somebody who is gone arrives, as often as it likes, until it is lost. */
function lateMessages(world: World, index: number, options: ModelOptions, put: Put): void {
  const { adrift } = paymentAt(world, index);
  for (const message of adrift) {
    for (const { books, reservation } of deliver(world, index, message, options)) put({ books }, reservation);
    put({ adrift: adrift.filter((other) => other !== message) });
  }
}

type PutWorker = (next: Worker, changed: Partial<Payment>, reservation?: stock.StockRecord) => void;

function workerSteps(
  world: World,
  index: number,
  worker: Worker,
  options: ModelOptions,
  put: PutWorker,
): void {
  const { log, adrift } = paymentAt(world, index);
  switch (worker.kind) {
    case "idle": {
      const state = stateOf(log);
      const question = firstQuestion(state);
      if (question) put({ kind: "ask", question, seen: log.length, state }, {});
      return;
    }
    case "ask": {
      const message = messageOf(worker.question, worker.seen, log);
      for (const { books, reservation, answer } of deliver(world, index, message, options)) {
        put(proceed(worker, answer), { books }, reservation);
      }
      // No answer, or no asker any more. What becomes of the request shows in `lateMessages`.
      const later = adrift.includes(message) ? adrift : [...adrift, message].sort();
      put(IDLE, { adrift: later });
      const unanswered = proceed(worker, "UNKNOWN");
      if (unanswered.kind !== "idle") put(unanswered, { adrift: later });
      return;
    }
    case "insert":
    case "overwrite":
      for (const [next, written] of write(worker, log, options)) put(next, { log: written });
      put(IDLE, {});
      return;
    default:
      worker satisfies never;
  }
}

/** A wish is read against the log as it is, and its insert comes some time later, or never. */
function clientSteps(payment: Payment, at: number, wish: Wish, options: ModelOptions, put: Put): void {
  const { log, wishes } = payment;
  const others = wishes.toSpliced(at, 1);
  if (wish.kind === "insert" || wish.kind === "overwrite") {
    for (const [next, written] of write(wish, log, options)) {
      put({ log: written, wishes: next.kind === "overwrite" ? replaced(wishes, at, next) : others });
    }
    put({ wishes: others });
    return;
  }
  const state = stateOf(log);
  const move = wish.kind === "cancel" ? onCancel(state) : onRefund(state);
  if (move?.kind !== "append") return;
  const amount = wish.kind === "refund" ? wish.amount : 0;
  if (wish.kind === "refund" && amount > TOTAL - refundedIn(log)) return;
  put({
    wishes: replaced(wishes, at, { kind: "insert", event: { type: move.type, amount }, seen: log.length }),
  });
}

/** What becomes of a worker with an answer: the table of the service decides, the same as there. */
function proceed(worker: Extract<Worker, { readonly kind: "ask" }>, answer: Answer): Worker {
  const move: Move = follow(worker.state, worker.question, answer);
  switch (move.kind) {
    case "wait":
      return IDLE;
    case "ask":
      return { ...worker, question: move.question };
    case "append":
      return { kind: "insert", event: { type: move.type, amount: 0 }, seen: worker.seen };
    default:
      return move satisfies never;
  }
}

/** An insert takes its place in the log or finds it taken. Weakened, it looks first and writes later. */
function write(
  { kind, event, seen }: Extract<Worker, { readonly kind: "insert" | "overwrite" }>,
  log: readonly Event[],
  { without }: ModelOptions,
): readonly (readonly [Worker, readonly Event[]])[] {
  if (kind === "overwrite") return [[IDLE, [...log.slice(0, seen), event]]];
  if (log.length !== seen) return [[IDLE, log]];
  if (without === "conditional update instead of insert") return [[{ kind: "overwrite", event, seen }, log]];
  return [[IDLE, [...log, event]]];
}

/** A question as a message: a refund is asked for by its event's place and amount. */
function messageOf(question: Question, seen: number, log: readonly Event[]): string {
  return question === "REFUND" ? `REFUND ${seen} ${log[seen - 1]?.amount ?? 0}` : question;
}

interface Delivered {
  readonly books: card.CardBooks;
  readonly reservation: stock.StockRecord;
  readonly answer: Answer;
}

function deliver(world: World, index: number, message: string, options: ModelOptions): readonly Delivered[] {
  const { books } = paymentAt(world, index);
  const { reservation } = world;
  const { without, captureMayFail } = options;
  const ofCard = (reactions: readonly card.Reaction<card.CardBooks>[]) =>
    reactions.map(([after, answer]) => ({ books: after, reservation, answer }));
  const ofStock = ([after, answer]: readonly [stock.StockRecord, Answer]) => [
    { books, reservation: after, answer },
  ];
  const [question, id = "", amount] = message.split(" ");
  switch (question as Question) {
    case "AUTHORIZE":
      return ofCard(card.authorize(books, without));
    case "CAPTURE": {
      const reactions = card.capture(books, without);
      return ofCard(captureMayFail ? reactions : reactions.slice(0, 1));
    }
    case "CANCEL":
      return ofCard(card.cancel(books, without));
    case "GIVE_BACK_ALL":
      return ofCard(card.giveBackAll(books));
    case "REFUND":
      return ofCard(card.refund(books, id, Number(amount), without));
    case "LOOK_AT_RESERVATION":
      return ofStock(stock.look(reservation, index));
    case "COMMIT_STOCK":
      return ofStock(stock.commit(reservation, index, without));
    case "UNCOMMIT_STOCK":
      return ofStock(stock.uncommit(reservation, index, without));
    default:
      return question as never;
  }
}

function paymentAt({ payments }: World, index: number): Payment {
  const payment = payments[index];
  if (payment === undefined) throw new Error(`there is no payment ${index}`);
  return payment;
}

function replaced<T>(list: readonly T[], at: number, value: T): readonly T[] {
  return list.with(at, value);
}
