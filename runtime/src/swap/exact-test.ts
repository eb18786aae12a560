/** How often something was seen among the calls of one side. */
export interface Seen {
  readonly calls: number;
  readonly hits: number;
}

/** Calls of one stretch of time, in which both sides were given calls by the same shares. */
export interface Stratum {
  readonly old: Seen;
  readonly candidate: Seen;
}

/** Chances of the numbers from `first` on. */
interface Distribution {
  readonly first: number;
  readonly chances: readonly number[];
}

/** Chances below this part of the likeliest are nothing. */
const negligible = 1e-20;
/** Two chances that differ by less are the same, whatever floating point makes of them. */
const tie = 1 + 1e-7;

/**
 * How likely it is, if old and candidate are alike, that they differ as much as they do, in either direction: Fisher's exact
 * test. With several strata it is the exact conditional test over all of them, so that what changes between two stretches of
 * time for everybody is no difference.
 */
export function chanceOf(strata: readonly Stratum[]): number {
  const { first, chances } = strata.map(hitsOfCandidate).reduce(sumOf, { first: 0, chances: [1] });
  const seen = strata.reduce((sum, { candidate }) => sum + candidate.hits, 0);
  const chance = chances[seen - first] ?? 0;
  const asRare = chances.filter((each) => each <= chance * tie);
  return Math.min(
    1,
    asRare.reduce((sum, each) => sum + each, 0),
  );
}

/** Hypergeometric: so many of all hits fall to the candidate when calls fall to it at random. */
function hitsOfCandidate({ old, candidate }: Stratum): Distribution {
  const hits = old.hits + candidate.hits;
  const least = Math.max(0, hits - old.calls);
  const most = Math.min(hits, candidate.calls);
  /** How much likelier `k + 1` is than `k`. */
  const rise = (k: number) => ((hits - k) * (candidate.calls - k)) / ((k + 1) * (old.calls - hits + k + 1));
  const all = old.calls + candidate.calls;
  const mode = Math.floor(((hits + 1) * (candidate.calls + 1)) / (all + 2));
  const start = Math.min(most, Math.max(least, mode));
  const up: number[] = [1];
  for (let k = start, chance = 1; k < most; k++) {
    chance *= rise(k);
    if (chance < negligible) break;
    up.push(chance);
  }
  const down: number[] = [];
  for (let k = start - 1, chance = 1; k >= least; k--) {
    chance /= rise(k);
    if (chance < negligible) break;
    down.push(chance);
  }
  const weights = [...down.reverse(), ...up];
  const total = weights.reduce((sum, each) => sum + each, 0);
  return { first: start - down.length, chances: weights.map((each) => each / total) };
}

function sumOf(a: Distribution, b: Distribution): Distribution {
  const chances = Array<number>(a.chances.length + b.chances.length - 1).fill(0);
  for (const [i, left] of a.chances.entries())
    for (const [j, right] of b.chances.entries()) chances[i + j] = (chances[i + j] ?? 0) + left * right;
  return { first: a.first + b.first, chances };
}
