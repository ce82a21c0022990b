/**
 * How long a stream of `mock-round` lasts: a quantile function, straight between these knots of [share, milliseconds].
 *
 * Solved from the published Go columns (both rounds): average 6300.64 / 6466.62, P50 6432.08 / 6659.31, P95 14669.36 /
 * 15140.44. The middle of each pair (6384, 6545, 14905) is within 1.8 % of both, so one profile serves both rounds.
 * - 0.5 and 0.95 are those middles.
 * - The end is taken from the rounds' own drain: 511 requests at 6.69 a second took 76.4 s, 16.4 s past the 60 s of the round,
 *   and round 2 ran 19.6 s past its end. 17.6 s also keeps the slope above P95 low: 500 draws move P95 by less than 1 %.
 * - 0 and 0.25 follow from a mean below the median (many short answers).
 * - 0.75 is what is left: the mean is the area under the line,
 *   0.125·Q(0) + 0.25·Q(.25) + 0.25·Q(.5) + 0.225·Q(.75) + 0.125·Q(.95) + 0.025·Q(1) = 6384, hence Q(.75) = 8476.
 */
export const ROUND_KNOTS: readonly (readonly [number, number])[] = [
  [0, 300],
  [0.25, 2000],
  [0.5, 6545],
  [0.75, 8476],
  [0.95, 14905],
  [1, 17600],
];

/** The mean of the knots, milliseconds. */
export const ROUND_MEAN_MS = 6384;

/**
 * Server-sent events a request, on average. Counted: every `data:` event, the role event, the finish event and `[DONE]`
 * included (the published totals over requests are 46479/511 = 90.96 and 1809964/19344 = 93.57).
 */
export const ROUND_MEAN_EVENTS = 93;

/** Role, one piece of content, finish, `[DONE]`. */
const FEWEST_EVENTS = 4;
const GOLDEN_RATIO = 0.6180339887498949;

/** One stream of the round profile: its whole length in milliseconds and its number of events, `[DONE]` included. */
export interface RoundDraw {
  durationMs: number;
  events: number;
}

/**
 * The n-th draw (n = 0, 1, …). Shares come from the golden-ratio sequence and not from a random generator: any few hundred
 * in a row are spread evenly, so a short round meets its percentiles too. The seed shifts where the sequence starts.
 */
export function drawRound(ordinal: number, seed: number): RoundDraw {
  const share = (seed * Math.SQRT2 + (ordinal + 1) * GOLDEN_RATIO) % 1;
  const durationMs = quantile(ROUND_KNOTS, share);
  const events = Math.max(FEWEST_EVENTS, Math.round((durationMs * ROUND_MEAN_EVENTS) / ROUND_MEAN_MS));
  return { durationMs, events };
}

/** The value below which the given share (0–1) lies, straight between knots. */
export function quantile(knots: readonly (readonly [number, number])[], share: number): number {
  let left = knots[0] ?? [0, 0];
  for (const right of knots) {
    if (share <= right[0]) {
      const width = right[0] - left[0];
      return width === 0 ? right[1] : left[1] + ((share - left[0]) / width) * (right[1] - left[1]);
    }
    left = right;
  }
  return left[1];
}
