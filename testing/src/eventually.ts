import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";

export interface EventuallyOptions<Seen> {
  /** Whether what was seen is what is waited for. Default: it is neither `undefined` nor `null` nor `false`. */
  readonly until?: (seen: Seen) => boolean;
  /** Longest wait. Default 30 s: a limit for what never comes, not for what is slow. */
  readonly withinMs?: number;
  /** Pause between two looks. Default 10 ms. */
  readonly everyMs?: number;
}

/** What a look without `until` gives in the end. */
export type There<Seen> = Exclude<Seen, undefined | null | false>;

/**
 * Looks again until it sees what is waited for, and gives that. A look that fails is repeated too. When the time is over it
 * rejects, saying what was waited for and what was seen last.
 *
 * @example
 * await eventually("the call is logged", () => lines.find((line) => line.event === "call"));
 * await eventually("two statuses", () => statuses, { until: ({ length }) => length === 2 });
 */
export function eventually<Seen>(
  what: string,
  look: () => Seen | PromiseLike<Seen>,
  options: EventuallyOptions<Seen> & { readonly until: (seen: Seen) => boolean },
): Promise<Seen>;
export function eventually<Seen>(
  what: string,
  look: () => Seen | PromiseLike<Seen>,
  options?: Omit<EventuallyOptions<Seen>, "until">,
): Promise<There<Seen>>;
export async function eventually<Seen>(
  what: string,
  look: () => Seen | PromiseLike<Seen>,
  options: EventuallyOptions<Seen> = {},
): Promise<Seen> {
  const { until = isThere, withinMs = 30_000, everyMs = 10 } = options;
  const latest = performance.now() + withinMs;
  for (;;) {
    const outcome = await lookOnce(look, latest);
    if ("seen" in outcome && until(outcome.seen)) return outcome.seen;
    if (performance.now() >= latest) throw overdue(what, withinMs, outcome);
    await sleep(everyMs);
  }
}

type Outcome<Seen> = { readonly seen: Seen } | { readonly error: unknown } | { readonly silent: true };

/** A look may hang: it is given up when the time is over. */
async function lookOnce<Seen>(look: () => Seen | PromiseLike<Seen>, latest: number): Promise<Outcome<Seen>> {
  const over = new AbortController();
  const limit = sleep(Math.max(0, latest - performance.now()), { silent: true } as const, {
    signal: over.signal,
  });
  try {
    return await Promise.race([attempt(look), limit]);
  } finally {
    over.abort();
    await limit.catch(() => undefined);
  }
}

async function attempt<Seen>(look: () => Seen | PromiseLike<Seen>): Promise<Outcome<Seen>> {
  try {
    return { seen: await look() };
  } catch (error) {
    return { error };
  }
}

function overdue(what: string, withinMs: number, outcome: Outcome<unknown>): Error {
  const waited = `not within ${withinMs / 1000} s: ${what}`;
  if ("silent" in outcome) return new Error(`${waited}; the last look got no answer`);
  if ("seen" in outcome) return new Error(`${waited}; seen last: ${inspect(outcome.seen, { depth: 4 })}`);
  const { error } = outcome;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
  return new Error(`${waited}; the last look failed: ${text}`, { cause: error });
}

function isThere(seen: unknown): boolean {
  return seen !== undefined && seen !== null && seen !== false;
}
