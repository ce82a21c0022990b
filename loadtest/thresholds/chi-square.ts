/** Pearson's chi-square test of counts against shares. Pure. */

/** Below this probability counts are held to be of other shares; a machine that runs it daily is wrong once in three years. */
export const ALPHA = 0.001;

export interface ChiSquare {
  readonly statistic: number;
  readonly degrees: number;
  /** Probability of counts at least as far off when the shares are as stated. */
  readonly p: number;
  /** Largest distance of a share from its own, of all: the size of the effect. */
  readonly largestError: number;
}

/** Counts must be independent of each other, and each expected one at least 5. Throws when that cannot be. */
export function chiSquare(counts: readonly number[], weights: readonly number[]): ChiSquare {
  const total = sum(counts);
  const shares = weights.map((weight) => weight / sum(weights));
  if (counts.length !== weights.length || shares.some((share) => share * total < 5))
    throw new Error('chi-square wants a weight for each count and at least 5 expected in each');
  const statistic = sum(counts.map((count, index) => (count - share(index) * total) ** 2 / (share(index) * total)));
  const degrees = counts.length - 1;
  const errors = counts.map((count, index) => Math.abs(count / total - share(index)));
  return { statistic, degrees, p: upperGamma(degrees / 2, statistic / 2), largestError: Math.max(...errors) };

  function share(index: number): number {
    return shares[index] ?? 0;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const STEPS = 1_000;
const PRECISION = 1e-14;

/** The regularised upper incomplete gamma function Q(a, x): by its series below a + 1, by its continued fraction above. */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let total = term;
  for (let step = 1; step < STEPS && term > total * PRECISION; step++) {
    term *= x / (a + step);
    total += term;
  }
  return total;
}

/** Lentz's method. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / Number.MIN_VALUE;
  let d = 1 / b;
  let total = d;
  for (let step = 1; step < STEPS; step++) {
    const numerator = -step * (step - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    total *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  return total;
}

const LANCZOS = [
  ...[0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059],
  ...[12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7],
];
const LANCZOS_G = 7;

/** Logarithm of the gamma function for positive numbers (Lanczos). */
function logGamma(value: number): number {
  if (value < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * value)) - logGamma(1 - value);
  const at = value - 1;
  const base = at + LANCZOS_G + 0.5;
  const series = LANCZOS.reduce((total, factor, index) => (index === 0 ? factor : total + factor / (at + index)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (at + 0.5) * Math.log(base) - base + Math.log(series);
}
