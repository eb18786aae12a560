import { setTimeout as sleep } from "node:timers/promises";
import { createRandom, type Random } from "@theseus/runtime/load";
import { eventually } from "@theseus/testing";
import { HttpClient, registeredUser } from "../test/system/http-client.js";
import type { Shop } from "../test/system/shop.js";
import { stockedItem } from "../test/system/stock.js";
import { type PlannedFault, planFaults } from "./chaos/fault-plan.js";
import { figuresByKind, type KindFigures, type Stall, stallsOf, titleOf } from "./chaos/fault-report.js";
import { type Fault, inflict } from "./chaos/inflict.js";
import { createHurter, targetsOf } from "./chaos/processes.js";
import { wrongCharges } from "./invariants/charges.js";
import { wrongEvents } from "./invariants/events.js";
import { gatherFacts, heldPieces, openPayments } from "./invariants/gather.js";
import { brokenPromises } from "./invariants/promises.js";
import { wrongStock } from "./invariants/stock.js";
import { type Violation, violation } from "./invariants/violation.js";
import { wrongPaymentWatches, wrongStockWatch } from "./invariants/watches.js";
import { buy, HOLD_SECONDS, usualCards } from "./traffic/buyer.js";
import { Journal } from "./traffic/journal.js";
import { openSession, type Session } from "./traffic/session.js";
import { watchPayments, watchStock } from "./traffic/watchers.js";

export interface FaultsOptions {
  /** The same one plans the same faults and orders; when each of them comes depends on the machine. */
  readonly seed: number;
  /** How long faults come; the shop is looked at afterwards. */
  readonly durationMs: number;
  /** Whether processes hang until they are replaced, half a minute each. Default true. */
  readonly hangs?: boolean;
  readonly report: (line: string) => void;
}

export interface FaultsFigures {
  readonly seed: number;
  readonly seconds: number;
  readonly orders: number;
  readonly paid: number;
  readonly kinds: readonly KindFigures[];
  readonly stalls: readonly Stall[];
  /** How often each answer came that was no success: `status reason`. */
  readonly answers: Readonly<Record<string, number>>;
  readonly watches: { readonly payments: number; readonly stockChanges: number; readonly resumed: number };
  readonly violations: readonly Violation[];
}

const buyers = 5;
const pieces = 100_000;
/** Longest time until the shop sells again, of one fault. */
const recoveryMs = 120_000;
/** Longest time until nothing is under way any more, once nobody does anything to the shop. */
const restMs = 180_000;

/** Buys while processes are killed and frozen, then compares what clients were told with what is there. */
export async function proveFaults(shop: Shop, options: FaultsOptions): Promise<FaultsFigures> {
  const random = createRandom(options.seed);
  const market = await openMarket(shop, random.fork());
  const beganMs = performance.now();
  const faults = await hurtAll(shop, market.journal, random.fork(), options);
  const endedMs = performance.now();
  const { payments, stock } = await market.close();
  options.report("at rest; comparing");
  const unrecovered = faults.filter(({ recoveredMs }) => recoveredMs === undefined);
  const open = await comeToRest(shop, market);
  const facts = await gatherFacts({ ...market, shop, orders: market.journal.orders });
  const violations = [
    ...unrecovered.map((fault) => violation("wrong", titleOf(fault), "nothing could be bought after it")),
    ...open,
    ...brokenPromises(market.journal.orders, facts),
    ...wrongCharges(facts),
    ...wrongStock(facts),
    ...wrongEvents(facts),
    ...wrongPaymentWatches(payments, facts),
    ...wrongStockWatch(stock),
  ];
  const { orders, attempts } = market.journal;
  const run = { beganMs, endedMs, faults, attempts, violations };
  const resumed = payments.reduce((sum, watch) => sum + watch.resumed, stock.resumed);
  return {
    seed: options.seed,
    seconds: (endedMs - beganMs) / 1_000,
    orders: orders.length,
    paid: orders.filter(({ payment }) => payment?.what.state === "CAPTURED").length,
    kinds: figuresByKind(run),
    stalls: stallsOf(run),
    answers: countAnswers(attempts),
    watches: { payments: payments.length, stockChanges: stock.events.length, resumed },
    violations,
  };
}

type Market = Awaited<ReturnType<typeof openMarket>>;

/** Items with stock, people who buy them, and two who watch. */
async function openMarket(shop: Shop, random: Random) {
  const http = new HttpClient(shop.edge);
  const administrator = await openSession(http, shop.administrator);
  const stock = new Map<string, number>();
  for (let item = 0; item < 4; item++)
    stock.set(await stockedItem(http, await administrator.token(), String(pieces)), pieces);
  const sessions: Session[] = [];
  for (let buyer = 0; buyer <= buyers; buyer++)
    sessions.push(await openSession(http, await registeredUser(http)));
  const ledgerBefore = (await shop.ledger()).length;
  const journal = new Journal();
  const items = [...stock.keys()];
  const over = new AbortController();
  const stockWatch = await watchStock(shop.edge, items);
  const [slow, ...usual] = sessions;
  if (slow === undefined) throw new Error("nobody buys");
  const purchase = (session: Session, cards: readonly string[]) =>
    buy({ http, session, administrator, items, journal, random: random.fork(), cards, signal: over.signal });
  // Payments that take seconds are what a watch can be cut in.
  const buying = [purchase(slow, ["card-slow"]), ...usual.map((session) => purchase(session, usualCards))];
  const ended = Promise.all([watchPayments(http, slow, over.signal), ...buying]);
  // Whatever ends early is told when the market closes.
  ended.catch(() => over.abort());
  return {
    http,
    stock,
    buyers: sessions,
    ledgerBefore,
    journal,
    close: async () => {
      over.abort();
      const [payments] = await ended;
      return { payments, stock: await stockWatch.end() };
    },
  };
}

async function hurtAll(
  shop: Shop,
  journal: Journal,
  random: Random,
  { durationMs, hangs = true, report }: FaultsOptions,
): Promise<readonly Fault[]> {
  using hurter = createHurter(shop.home);
  const faults: Fault[] = [];
  const latest = performance.now() + durationMs;
  const isWanted = ({ kind }: PlannedFault) => hangs || !kind.startsWith("hang ");
  for (const planned of planFaults(targetsOf(await shop.status()), random)) {
    if (!isWanted(planned)) continue;
    await sleep(planned.pauseMs);
    if (performance.now() > latest) break;
    const fault = await inflict(planned, { hurter, journal, patienceMs: recoveryMs });
    faults.push(fault);
    const { recoveredMs, endedMs } = fault;
    const after =
      recoveredMs === undefined ? "not recovered" : `${((recoveredMs - endedMs) / 1_000).toFixed(1)} s`;
    report(`${titleOf(fault)}: ${after}`);
  }
  return faults;
}

/** Waits until everything serves, no payment is open and no piece is held; what does not come is a violation. */
async function comeToRest(
  shop: Shop,
  { http, buyers: sessions, stock }: Market,
): Promise<readonly Violation[]> {
  const found: Violation[] = [];
  const come = async (what: string, look: () => Promise<readonly string[]>) => {
    let left: readonly string[] = [];
    const isNone = async () => {
      left = await look();
      return left.length === 0;
    };
    const waited = eventually(what, isNone, { withinMs: restMs, everyMs: 1_000 });
    await waited.catch(() =>
      found.push(violation("wrong", what, `not so after ${restMs / 1_000} s: ${left}`)),
    );
  };
  await come("everything serves", async () => {
    const { instances } = await shop.status();
    const isWell = ({ health }: { health: string }) => health === "SERVING" || health === "RUNNING";
    return instances.filter((each) => !isWell(each)).map(({ instance, health }) => `${instance} ${health}`);
  });
  await come("no payment is open", async () =>
    (await Promise.all(sessions.map((buyer) => openPayments(http, buyer)))).flat(),
  );
  await come(`no piece is held for longer than ${HOLD_SECONDS} s`, async () => {
    const held = await heldPieces(http, stock.keys());
    return held === 0 ? [] : [`${held} pieces`];
  });
  return found;
}

function countAnswers(attempts: Journal["attempts"]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { outcome, status, reason } of attempts) {
    if (outcome === "acknowledged") continue;
    const answer = `${status} ${reason}`;
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  return counts;
}
