import type { StreamedEvent } from "../traffic/event-stream.js";
import type { PaymentWatched, StockWatched } from "../traffic/watchers.js";
import type { Facts } from "./facts.js";
import { type Violation, violation } from "./violation.js";

/** A watch of a payment told each event once, in order, whatever cut it. */
export function wrongPaymentWatches(
  watches: readonly PaymentWatched[],
  { payments }: Facts,
): readonly Violation[] {
  return watches.flatMap(({ payment, events, refusals }) => {
    const told = events.map(({ data }) => Number(data.event.sequence));
    const inOrder = told.every((sequence, index) => sequence === index + 1);
    const isDouble = new Set(told).size !== told.length;
    const missing = (payments.get(payment)?.events.length ?? 0) < told.length;
    return [
      ...refusals.map((refusal) => violation("lost", payment, `its watch was refused: ${refusal}`)),
      ...(inOrder
        ? []
        : [violation(isDouble ? "double" : "lost", payment, `its watch told the events ${told.join(" ")}`)]),
      ...(missing
        ? [violation("lost", payment, `its watch told ${told.length} events, and there are fewer`)]
        : []),
    ];
  });
}

/** A watch of stock that was cut told what one tells that was never cut: no change twice, none left out. */
export function wrongStockWatch({ events, refusals, again }: StockWatched): readonly Violation[] {
  const found = [...refusals, ...again.refusals].map((refusal) =>
    violation("lost", "the watch of stock", `was refused: ${refusal}`),
  );
  const told = events.map(textOf);
  const read = again.events.map(textOf);
  const at = told.findIndex((text, index) => text !== read[index]);
  if (at === -1) return found;
  const isDouble = new Set(told).size !== told.length;
  const detail = `change ${at + 1} of ${events.length} was ${told[at]}, and read again it is ${read[at] ?? "missing"}`;
  return [...found, violation(isDouble ? "double" : "lost", "the watch of stock", detail)];
}

function textOf({ id, data: { level } }: StreamedEvent): string {
  return `${id} ${level.item} ${level.onHand}/${level.held}/${level.sold}`;
}
