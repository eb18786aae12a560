import type { Home } from "@theseus/runtime/control";
import { askShop } from "./ask-shop.js";
import type { ExplainFlags } from "./explain-flags.js";
import { readLoggedPayment } from "./logged-payment.js";
import { outcomeOf } from "./payment-outcome.js";
import type { EventFact, PaymentStory, Said, Writer } from "./payment-story.js";
import { showPayment } from "./payment-text.js";

/** What became of a payment: from the contracts of the shop that runs, and from the logs. */
export async function explainPayment(home: Home, id: string, { json }: ExplainFlags): Promise<number> {
  const story = await payment(home, id);
  if (isUnknown(story)) {
    console.error(unknown(story, home));
    return 1;
  }
  console.log(json ? JSON.stringify({ ...story, outcome: outcomeOf(story) }, null, 2) : showPayment(story));
  return 0;
}

function unknown({ name, payment }: PaymentStory, { logs }: Home): string {
  return "missing" in payment
    ? `The logs in ${logs} do not know ${name}, and ${payment.missing}.`
    : `There is no ${name}: the shop has none, and the logs in ${logs} do not know it.`;
}

async function payment(home: Home, id: string): Promise<PaymentStory> {
  const logged = readLoggedPayment(home.logs, id);
  const asked = await askShop(home, id, logged.reservation);
  const { unanswered, requests } = logged;
  const { payment, reservation, ledger } = asked;
  const events = withWriters(asked.events, logged.events);
  return { name: `payments/${id}`, payment, events, reservation, ledger, unanswered, requests };
}

/** Those of the contract are all that there are; where it does not answer, or has none, those of the logs. */
function withWriters(
  asked: Said<readonly EventFact[]>,
  logged: readonly (EventFact & { readonly writtenBy: Writer })[],
): readonly EventFact[] {
  if ("missing" in asked || asked.is.length === 0) return logged;
  return asked.is.map((event) => {
    const line = logged.find(({ sequence, type }) => sequence === event.sequence && type === event.type);
    return line === undefined ? event : { ...event, writtenBy: line.writtenBy };
  });
}

/** Nobody who can be asked has anything of it. */
function isUnknown({ payment, events, ledger, requests }: PaymentStory): boolean {
  const isThere = "is" in payment && payment.is !== undefined;
  const hasMoney = "is" in ledger && ledger.is.length > 0;
  return !isThere && !hasMoney && events.length === 0 && requests.length === 0;
}
