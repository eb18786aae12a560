/** The cost of a query by ids grows faster than their number in some stores that speak this protocol. */
const MOST_IDS = 60;

/** Ids in lists that one query may ask for. */
export function* idBatches(ids: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < ids.length; at += MOST_IDS) yield ids.slice(at, at + MOST_IDS);
}
