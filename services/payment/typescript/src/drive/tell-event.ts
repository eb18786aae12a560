import type { Log } from "@theseus/kit";
import type { Intent, LogEvent } from "../saga/payment-log.js";

/** One line for each event, by the process that wrote it: the store says what happened, and not who did it. */
export function tellEvent(log: Log, { id, reservation }: Intent, event: LogEvent): void {
  const { sequence, type, failure } = event;
  const facts = { event: "payment-event", payment: id, sequence, type, ...(failure && { failure }) };
  log.info({ ...facts, ...(sequence === 1 && { reservation }) }, `${type} is written`);
}
