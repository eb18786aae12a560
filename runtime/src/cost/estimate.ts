/** A mean with its 95 % confidence interval. */
export interface Estimate {
  readonly mean: number;
  /** The interval; equal to the mean of a single value, which tells nothing of its error. */
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % quantiles of Student's t, for 1 to 30 degrees of freedom. */
const QUANTILES = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/** By Student's t over the values, which are of rounds that are independent of each other. */
export function estimate(values: readonly number[]): Estimate {
  const { length } = values;
  const mean = sum(values) / length;
  if (length < 2) return { mean, low: mean, high: mean };
  const variance = sum(values.map((value) => (value - mean) ** 2)) / (length - 1);
  // Beyond the table its last value is a little too wide.
  const quantile = QUANTILES[Math.min(length - 1, QUANTILES.length) - 1] ?? 0;
  const half = quantile * Math.sqrt(variance / length);
  return { mean, low: mean - half, high: mean + half };
}

/**
 * How many times as much the new ones are, by Student's t over the logarithms of the rounds' ratios: a round has both, one after the
 * other, so what changes for both cancels out. Undefined when a round has nothing of either.
 */
export function estimateRatio(old: readonly number[], young: readonly number[]): Estimate | undefined {
  const pairs = old.map((value, round) => [value, young[round] ?? 0] as const);
  if (pairs.some(([before, after]) => before <= 0 || after <= 0)) return undefined;
  const { mean, low, high } = estimate(pairs.map(([before, after]) => Math.log(after / before)));
  return { mean: Math.exp(mean), low: Math.exp(low), high: Math.exp(high) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
