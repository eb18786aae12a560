import { type Endpoints, Fault, type Home, type SystemStatus } from "@theseus/runtime/control";
import { askStatus } from "../supervisor.js";
import { askEvents, askPayment } from "./ask-edge.js";
import { askLedger, askReservation } from "./ask-mesh.js";
import { withoutStop } from "./half-sentence.js";
import type { EventFact, LedgerFact, PaymentFact, ReservationFact, Said } from "./payment-story.js";

/** What the running shop says of a payment by its contracts. */
export interface Asked {
  readonly payment: Said<PaymentFact | undefined>;
  readonly events: Said<readonly EventFact[]>;
  readonly reservation: Said<ReservationFact | undefined>;
  readonly ledger: Said<readonly LedgerFact[]>;
}

/**
 * Nothing is asked that writes. The payment is read as an administrator reads it, through the edge; its reservation, which
 * the edge shows to its owner alone, by the developer's socket, and the ledger through payment's sidecar, which alone may
 * read it: both are sockets of whoever has started the shop, and no key is taken from its place.
 *
 * @param reservation  its name, where the logs know it
 */
export async function askShop(home: Home, id: string, reservation?: string): Promise<Asked> {
  const shop = await openShop(home);
  if ("missing" in shop) return { payment: shop, events: shop, reservation: shop, ledger: shop };
  const { status, endpoints } = shop.is;
  const [payment, ledger] = await Promise.all([askPayment(endpoints, id), askLedger(status, id)]);
  const name = ("is" in payment ? payment.is?.reservation : undefined) ?? reservation;
  const [events, held] = await Promise.all([
    "is" in payment && payment.is !== undefined ? askEvents(endpoints, id) : noEvents(payment),
    name === undefined ? { missing: "nobody says which it is" } : askReservation(endpoints, name),
  ]);
  return { payment, events, reservation: held, ledger };
}

function noEvents(payment: Said<unknown>): Said<readonly EventFact[]> {
  return "missing" in payment ? payment : { is: [] };
}

async function openShop(
  home: Home,
): Promise<Said<{ readonly status: SystemStatus; readonly endpoints: Endpoints }>> {
  try {
    const status = await askStatus(home);
    if (status === undefined) return { missing: `no shop runs in ${home.path}` };
    const { endpoints, phase } = status;
    return endpoints === undefined
      ? { missing: `the shop is ${phase}, not open` }
      : { is: { status, endpoints } };
  } catch (error) {
    if (error instanceof Fault) return { missing: withoutStop(error.problem) };
    throw error;
  }
}
