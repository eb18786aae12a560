import { type Explanation, printable, showExplanation } from "@theseus/runtime/explain";
import { moneyText } from "../../money.js";
import { table } from "../table.js";
import { outcomeOf } from "./payment-outcome.js";
import type { EventFact, LedgerFact, PaymentStory, ReservationFact, Said, Writer } from "./payment-story.js";

/** For people: how the payment stands and why, its events, what others have of it, and the requests that moved it. */
export function showPayment(story: PaymentStory): string {
  const { says, change } = outcomeOf(story);
  return [
    [printable(`${says}.`), ...(change === undefined ? [] : [`  ${printable(change)}`])].join("\n"),
    section("Events", showEvents(story)),
    section("Reservation", showReservation(story.reservation)),
    section("Ledger of the card provider", showLedger(story.ledger)),
    ...showRequests(story),
  ].join("\n\n");
}

function section(title: string, lines: string): string {
  const text = lines.split("\n").map((line) => printable(`  ${line}`));
  return [title, ...text].join("\n");
}

function showEvents({ events, payment }: PaymentStory): string {
  const from = "missing" in payment ? `From the logs alone: ${payment.missing}.\n` : "";
  if (events.length === 0) return `${from}None.`;
  const [{ time: begin } = { time: "" }] = events;
  return from + table(events.map((event) => eventRow(event, begin)));
}

function eventRow(event: EventFact, begin: string): readonly string[] {
  const { sequence, type, failure, amount, time, writtenBy } = event;
  const since = `+${Date.parse(time) - Date.parse(begin)} ms`;
  const about = [failure, amount && moneyText(amount)].filter(Boolean).join(" ");
  return [String(sequence), time, since, type, about, showWriter(writtenBy)];
}

function showWriter(writer: Writer | undefined): string {
  if (writer === undefined) return "the logs do not say who wrote it";
  const { instance, implementation, requestId } = writer;
  return `${instance}${implementation === undefined ? "" : ` (${implementation})`}, request ${requestId}`;
}

function showReservation(said: Said<ReservationFact | undefined>): string {
  if ("missing" in said) return `Not read: ${said.missing}.`;
  if (said.is === undefined) return "Inventory has none of this name.";
  const { name, state, payment, total } = said.is;
  const whose = payment === undefined ? "" : ` by ${payment}`;
  return `${name} is ${state}${whose}${total === undefined ? "" : `: ${moneyText(total)}`}.`;
}

function showLedger(said: Said<readonly LedgerFact[]>): string {
  if ("missing" in said) return `Not read: ${said.missing}.`;
  if (said.is.length === 0) return "Nothing.";
  return table(
    said.is.map(({ sequence, time, type, amount, refundId = "" }) => [
      ...[String(sequence), time, type, amount === undefined ? "" : moneyText(amount), refundId],
    ]),
  );
}

/** Those that wrote an event, and the last one of the others. */
function showRequests({ requests, events }: PaymentStory): readonly string[] {
  if (requests.length === 0) return ["The logs do not know the requests that moved it, or no longer."];
  const writers = new Set(events.map(({ writtenBy }) => writtenBy?.requestId));
  const idle = requests.filter(({ requestId }) => !writers.has(requestId));
  const left = new Set<Explanation>(idle.slice(0, -1));
  const more = left.size === 0 ? [] : [`${left.size} more have got no further: --json has them.`];
  return [...requests.filter((each) => !left.has(each)).map(showExplanation), ...more];
}
