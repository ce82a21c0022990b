/**
 * Holm's correction: p values so that the chance of even one false alarm among all of them is that of a single one.
 * Twenty figures judged at 5 % each would cry wolf in two of three comparisons of equal revisions. Pure.
 * Same order as given (S. Holm, A simple sequentially rejective multiple test procedure, 1979; R's `p.adjust(p, "holm")`).
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(values.length);
  let highest = 0;
  for (const [rank, { p, index }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, p * (values.length - rank)));
    adjusted[index] = highest;
  }
  return adjusted;
}
