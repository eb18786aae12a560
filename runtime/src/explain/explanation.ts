import type { Contract } from "@theseus/kit/contract";
import { type Cause, causeOf, hasFailed } from "./cause.js";
import { readRecords, timeOf } from "./records.js";
import { type Hop, tellStory } from "./story.js";

/** What became of a request, and of all that was called for it. */
export interface Explanation {
  readonly hop: Hop;
  /** When it began, in milliseconds since 1970. */
  readonly beganMs: number;
  readonly failed: boolean;
  /** Absent where it did not fail. */
  readonly cause?: Cause;
}

/**
 * Explains a request, or each request of a trace, from the logs alone: nothing has to run. The oldest is first; none where
 * the logs do not know it, or no longer.
 */
export function explain(folder: string, id: string, contract: Contract): readonly Explanation[] {
  return tellStory(readRecords(folder, id))
    .map((hop) => {
      const cause = causeOf(hop, contract);
      return { hop, beganMs: beginOf(hop), failed: hasFailed(hop), ...(cause !== undefined && { cause }) };
    })
    .toSorted((a, b) => a.beganMs - b.beganMs);
}

function beginOf({ inbound, answered, calls }: Hop): number {
  const [call] = calls;
  const first = inbound ?? answered ?? call?.outbound;
  return first === undefined ? 0 : timeOf(first);
}
