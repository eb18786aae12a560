import type { Contract } from "@theseus/kit/contract";
import { causeOf, hasFailed } from "./cause/cause.js";
import type { Cause, Known } from "./cause/known.js";
import { readHostNews } from "./host-news.js";
import { type LogRecord, readRecords, readRequests, timeOf } from "./records.js";
import { type Hop, tellStory } from "./story.js";

/** What became of a request, and of all that was called for it. */
export interface Explanation {
  readonly requestId: string;
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
  return explainRecords(readRecords(folder, id), { contract, news: readHostNews(folder) });
}

/** The same of several requests, at one reading of the logs. */
export function explainAll(
  folder: string,
  requestIds: readonly string[],
  contract: Contract,
): readonly Explanation[] {
  const records = readRequests(folder, requestIds);
  const known = { contract, news: readHostNews(folder) };
  return requestIds
    .flatMap((id) =>
      explainRecords(
        records.filter(({ requestId }) => requestId === id),
        known,
      ),
    )
    .toSorted(byAge);
}

function explainRecords(records: readonly LogRecord[], known: Known): readonly Explanation[] {
  return tellStory(records)
    .map((hop) => {
      const first = firstOf(hop);
      const cause = causeOf(hop, known);
      return {
        hop,
        requestId: first?.requestId ?? "",
        beganMs: first === undefined ? 0 : timeOf(first),
        failed: hasFailed(hop),
        ...(cause !== undefined && { cause }),
      };
    })
    .toSorted(byAge);
}

function byAge(a: Explanation, b: Explanation): number {
  return a.beganMs - b.beganMs;
}

function firstOf({ inbound, answered, calls }: Hop): LogRecord | undefined {
  const [call] = calls;
  return inbound ?? answered ?? call?.outbound;
}
