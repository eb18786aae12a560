/** Weights of single instances by which all candidates together get a share of the calls. */
export interface ShareWeights {
  readonly old: number;
  readonly candidate: number;
}

/** More would say nothing more exactly, and make each round of a sidecar longer. */
const most = 128;

/**
 * The smallest weights that come nearest to a share. Sidecars choose by weight in rounds that are exact, and a smaller sum
 * is a shorter round.
 *
 * @param share  above 0 and below 1
 */
export function shareWeights(
  share: number,
  count: { readonly old: number; readonly candidate: number },
): ShareWeights {
  let best: ShareWeights = { old: 1, candidate: 1 };
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let sum = 2; sum <= 2 * most; sum++)
    for (let candidate = Math.max(1, sum - most); candidate <= Math.min(most, sum - 1); candidate++) {
      const old = sum - candidate;
      const theirs = count.candidate * candidate;
      const distance = Math.abs(theirs / (theirs + count.old * old) - share);
      if (distance > bestDistance - 1e-9) continue;
      best = { old, candidate };
      bestDistance = distance;
    }
  return best;
}
