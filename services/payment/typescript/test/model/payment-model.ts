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
} from "../../src/saga.js";
import * as card from "./card-world.js";
import type { Model } from "./explore.js";
import { interner } from "./interner.js";
import * as stock from "./stock-world.js";
import type { Weakening } from "./weakening.js";

/** One event; a refund's amount and the event's place make up its id. */
interface Event {
  readonly type: EventType;
  readonly amount: number;
}

/** What a worker has in hand: nothing, a question to ask, an event to insert, or (weakened) to write blindly. */
type Worker =
  | { readonly kind: "idle" }
  | { readonly kind: "ask"; readonly question: Question; readonly seen: number; readonly state: EventType }
  | { readonly kind: "insert" | "overwrite"; readonly event: Event; readonly seen: number };

interface Payment {
  readonly log: readonly Event[];
  readonly books: card.CardBooks;
  /** Requests of callers that are gone; each may still arrive, twice, or never. */
  readonly adrift: readonly string[];
  readonly workers: readonly Worker[];
  /** The client's wishes: to cancel, and to refund so many units. Each is one request of its own. */
  readonly wishes: readonly Wish[];
}

type Wish =
  | { readonly kind: "cancel" }
  | { readonly kind: "refund"; readonly amount: number }
  | Extract<Worker, { readonly kind: "insert" | "overwrite" }>;

export interface World {
  readonly payments: readonly Payment[];
  readonly reservation: stock.StockRecord;
}

/** What the payment is worth. */
export const TOTAL = 2;

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
    key,
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

function violation({ payments, reservation }: World): string | undefined {
  for (const [index, { log, books }] of payments.entries()) {
    const found = moneyViolation(log, books) ?? stockViolation(log, index, reservation);
    if (found) return found;
  }
  const paid = payments.filter(({ log }) => log.some(({ type }) => type === "CAPTURED"));
  return paid.length > 1 ? "two captured payments of one reservation" : undefined;
}

function moneyViolation(log: readonly Event[], books: card.CardBooks): string | undefined {
  const state = stateOf(log);
  const { status, gaveBackAll, refunded } = books;
  if (books.authorizations > 1) return "authorised twice";
  if (books.captures > 1) return "charged twice";
  if (status === "captured" && !log.some(({ type }) => type === "STOCK_COMMITTED"))
    return "charged before the stock was sold";
  if (state === "FAILED" && (status === "authorized" || (status === "captured" && !gaveBackAll))) {
    return "FAILED, but there is money";
  }
  if (state !== "CAPTURED" && state !== "REFUNDED" && state !== "REFUND_REQUESTED") return undefined;
  if (status !== "captured" || gaveBackAll) return "CAPTURED, but there is no money";
  if (refunded > TOTAL) return "more was refunded than captured";
  if (isAtRest(state) && refunded !== refundedIn(log)) return "the log and the ledger differ about refunds";
  return undefined;
}

function stockViolation(log: readonly Event[], index: number, record: stock.StockRecord): string | undefined {
  const mine = record.state === "COMMITTED" && record.owner === index;
  const state = stateOf(log);
  if (state === "FAILED" && mine) return "FAILED, but the stock is sold to it";
  const captured = log.some(({ type }) => type === "CAPTURED");
  return captured && !mine ? "CAPTURED, but the stock is not sold to it" : undefined;
}

function refundedIn(log: readonly Event[]): number {
  return log.reduce((sum, { type }, at) => (type === "REFUNDED" ? sum + (log[at - 1]?.amount ?? 0) : sum), 0);
}

function stateOf(log: readonly Event[]): EventType {
  const last = log.at(-1);
  if (last === undefined) throw new Error("a log starts with CREATED");
  return last.type;
}

function paymentAt({ payments }: World, index: number): Payment {
  const payment = payments[index];
  if (payment === undefined) throw new Error(`there is no payment ${index}`);
  return payment;
}

function replaced<T>(list: readonly T[], at: number, value: T): readonly T[] {
  return list.with(at, value);
}

/** Workers do the same work: worlds that differ in their order alone are one. */
function key({ payments, reservation }: World): string {
  return `${stockRecords(reservation)}|${payments.map(keyOfPayment).join("|")}`;
}

const stockRecords = interner<stock.StockRecord>(({ state, owner, fenced }) => `${state}${owner}${fenced}`);
const logs = interner<readonly Event[]>((log) => log.map(keyOfEvent).join());
const books = interner<card.CardBooks>((each) => Object.values(each).join());
const messages = interner<readonly string[]>((adrift) => adrift.join());
const crews = interner<readonly Worker[]>((workers) => workers.map(keyOfActor).sort().join());
const wishLists = interner<readonly Wish[]>((wishes) => wishes.map(keyOfActor).join());

function keyOfPayment(payment: Payment): string {
  const money = `${logs(payment.log)},${books(payment.books)},${messages(payment.adrift)}`;
  return `${money},${crews(payment.workers)},${wishLists(payment.wishes)}`;
}

function keyOfEvent({ type, amount }: Event): string {
  return `${type.slice(0, 2)}${type.at(-1)}${amount || ""}`;
}

function keyOfActor(actor: Worker | Wish): string {
  switch (actor.kind) {
    case "idle":
      return "-";
    case "cancel":
      return "c";
    case "refund":
      return `r${actor.amount}`;
    case "ask":
      return `?${actor.question}${actor.seen}${actor.state}`;
    case "insert":
    case "overwrite":
      return `${actor.kind[0]}${keyOfEvent(actor.event)}${actor.seen}`;
    default:
      return actor satisfies never;
  }
}
