/** How one swap is made, by whoever asks for it. */
export interface SwapOptions {
  /** The reason for which nothing is proved of the candidate. */
  readonly withoutProof?: string;
  /** All calls at once, compared with nothing. */
  readonly atOnce?: true;
  /** It waits before the candidate gets its first call until it is resumed. */
  readonly askFirst?: true;
  /** Calls that the candidate answers itself at 10 % and at 50 %. Default 500. */
  readonly calls?: number;
  /** How long a stage or a step lasts at most, in seconds. Default 120. */
  readonly longestSeconds?: number;
  /** Reads that are compared before the candidate gets a call. Default 200. */
  readonly compared?: number;
  /** Folder, absolute, in which differences are kept as cases. */
  readonly saveCases?: string;
}

export interface SwapBounds {
  readonly steps: readonly SwapStep[];
  readonly compared: number;
  readonly longestMs: number;
  readonly quietMs: number;
}

export interface SwapStep {
  /** 1 to 100: of all calls. */
  readonly percent: number;
  /** Calls of its own that the candidate answers before the next step. */
  readonly leastCalls: number;
}

/** Told when a swap waits for a yes. */
export const askedLine = "shift: it waits for a yes, and goes on by theseus swap --resume";

const defaultCalls = 500;
const defaultLongestSeconds = 120;
const defaultCompared = 200;
const quietMs = 10_000;

/** Few calls at first, since one in a hundred takes long to come: they show what is always wrong. */
export function swapBounds(options: SwapOptions): SwapBounds {
  const {
    calls = defaultCalls,
    longestSeconds = defaultLongestSeconds,
    compared = defaultCompared,
  } = options;
  const longestMs = longestSeconds * 1_000;
  const step = (percent: number, part: number) => ({ percent, leastCalls: Math.ceil(calls * part) });
  return {
    steps: [step(1, 1 / 25), step(10, 1), step(50, 1), step(100, 1 / 5)],
    compared,
    longestMs,
    quietMs: Math.min(quietMs, longestMs),
  };
}
