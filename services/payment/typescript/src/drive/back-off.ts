import type { Clock } from "@theseus/kit";

/** Puts off what failed, each time for twice as long, so that one silent peer does not delay everything else. */
export interface BackOff {
  isHeld(key: string): boolean;
  hold(key: string): void;
  clear(key: string): void;
  /** Drops all keys but these. */
  keepOnly(keys: ReadonlySet<string>): void;
}

const SHORTEST_MS = 1000;
const LONGEST_MS = 30_000;

export function createBackOff(clock: Clock): BackOff {
  const held = new Map<string, { readonly until: number; readonly forMs: number }>();
  return {
    isHeld: (key) => (held.get(key)?.until ?? 0) > clock.now().getTime(),
    hold: (key) => {
      const forMs = Math.min(LONGEST_MS, 2 * (held.get(key)?.forMs ?? SHORTEST_MS / 2));
      held.set(key, { until: clock.now().getTime() + forMs, forMs });
    },
    clear: (key) => held.delete(key),
    keepOnly: (keys) => {
      for (const key of held.keys()) if (!keys.has(key)) held.delete(key);
    },
  };
}
