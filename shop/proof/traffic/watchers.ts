import { setTimeout as sleep } from "node:timers/promises";
import type { HttpClient } from "../../test/system/http-client.js";
import { ask } from "./edge.js";
import { type Followed, follow } from "./event-stream.js";
import type { Session } from "./session.js";

/** What a watch of one payment told. */
export interface PaymentWatched extends Followed {
  readonly payment: string;
}

/** Watches one payment of a buyer after the other, from when it is open to its last event. */
export async function watchPayments(
  http: HttpClient,
  session: Session,
  signal: AbortSignal,
): Promise<readonly PaymentWatched[]> {
  const watched = new Map<string, PaymentWatched>();
  while (!signal.aborted) {
    const payment = await openPayment(http, session, watched);
    if (payment === undefined) {
      await sleep(200);
      continue;
    }
    const path = `/v1/${payment}:watch`;
    const watch = await follow({ edge: http.base, path, token: session.token, signal });
    watched.set(payment, { payment, ...watch });
  }
  return [...watched.values()];
}

async function openPayment(
  http: HttpClient,
  session: Session,
  watched: ReadonlyMap<string, unknown>,
): Promise<string | undefined> {
  const { token } = session;
  const { body } = await ask(http, { method: "GET", path: "/v1/payments?pageSize=200", token });
  const payments: readonly { name: string; state: string }[] = body?.payments ?? [];
  const isOpen = ({ name, state }: { name: string; state: string }) =>
    !watched.has(name) && state !== "PAYMENT_STATE_CAPTURED" && state !== "PAYMENT_STATE_FAILED";
  return payments.find(isOpen)?.name;
}

/** What a watch of stock told while it was cut, and what the same stretch is when it is read afterwards in one piece. */
export interface StockWatched extends Followed {
  /** Changes alone: what it told after the first level of each item. */
  readonly events: Followed["events"];
  readonly again: Followed;
}

export interface StockWatch {
  /** Ends it, and reads the changes again, from the first to the last. */
  end(): Promise<StockWatched>;
}

/** Resolves when the watch has told the first level of each item. */
export async function watchStock(edge: string, items: readonly string[]): Promise<StockWatch> {
  const path = `/v1/items:watchStock?${items.map((item) => `items=${item}`).join("&")}`;
  const over = new AbortController();
  let told = 0;
  let begun = () => {};
  const begins = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const seen = () => {
    if (++told === items.length) begun();
    return false;
  };
  const watch = follow({ edge, path, signal: over.signal, seen });
  await begins;
  return {
    end: async () => {
      over.abort();
      const whole = await watch;
      const [from, events] = [whole.events[items.length - 1], whole.events.slice(items.length)];
      const again = { edge, path, after: from?.id ?? "", count: events.length };
      return { ...whole, events, again: await readAgain(again) };
    },
  };
}

interface Stretch {
  readonly edge: string;
  readonly path: string;
  readonly after: string;
  readonly count: number;
}

async function readAgain({ edge, path, after, count }: Stretch): Promise<Followed> {
  if (count === 0) return { events: [], resumed: 0, refusals: [] };
  let left = count;
  const signal = AbortSignal.timeout(60_000);
  return follow({ edge, path, after, signal, seen: () => --left === 0 });
}
