import { eventually } from "@theseus/testing";
import type { Shop } from "../../test/system/shop.js";
import type { StockLevel } from "../../test/system/stock-watcher.js";
import { wrongCharges } from "../invariants/charges.js";
import { wrongEvents } from "../invariants/events.js";
import type { Facts } from "../invariants/facts.js";
import { gatherFacts, heldPieces, openPayments } from "../invariants/gather.js";
import { brokenPromises } from "../invariants/promises.js";
import { wrongStock } from "../invariants/stock.js";
import { type Violation, violation } from "../invariants/violation.js";
import { wrongPaymentWatches } from "../invariants/watches.js";
import type { PaymentWatched } from "../traffic/watchers.js";
import type { Market } from "./visitors/market.js";

/** Of a shop with thousands of payments to look at. */
const patience = { withinMs: 300_000, everyMs: 1_000 };

/** Waits until nothing is under way any more, and compares what clients and watchers were told with what is there. */
export async function compareAtRest(
  shop: Shop,
  market: Market,
  watched: readonly PaymentWatched[],
): Promise<readonly Violation[]> {
  const { http, buyers, stock, orders, streams } = market;
  const isAtRest = async () => {
    for (const buyer of buyers) if ((await openPayments(http, buyer)).length > 0) return false;
    return (await heldPieces(http, stock.keys())) === 0;
  };
  await eventually("no payment is open, and no piece is held", isAtRest, patience);
  const facts = await gatherFacts({ ...market, shop, orders });
  const levels = new Map(facts.items.map((item) => [item.name, toLevel(item)]));
  await eventually("each stream has told the last level", () => streams.haveAll(levels)).catch(() => {});
  return [
    ...brokenPromises(orders, facts),
    ...wrongCharges(facts),
    ...wrongStock(facts),
    ...wrongEvents(facts),
    ...wrongPaymentWatches(watched, facts),
    ...cutWatches(watched),
    ...streams.wrong(),
    ...(streams.haveAll(levels) ? [] : [violation("lost", "a stream", "has not told the last level")]),
  ];
}

/** The gateway resumes what it can: a client is to see nothing of it. */
function cutWatches(watched: readonly PaymentWatched[]): readonly Violation[] {
  return watched
    .filter(({ resumed }) => resumed > 0)
    .map(({ payment, resumed }) => violation("wrong", payment, `its watch was cut ${resumed} times`));
}

function toLevel({ name, onHand, held, sold }: Facts["items"][number]): StockLevel {
  return { item: name, onHand: String(onHand), held: String(held), sold: String(sold) };
}
