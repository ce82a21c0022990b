import type { ChartSeries } from '../../scenarios/findings.js';

type Column = (number | null | undefined)[];

/** Series with points of their own → one list of x and a column for each: undefined where a series has no point, null where it breaks. */
export function alignedData(series: readonly ChartSeries[]): Column[] {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const columns = series.map(({ points }) => {
    const own = new Map(points);
    return xs.map((x) => own.get(x));
  });
  return [xs, ...columns];
}

/** The same, each column on top of those before it. */
export function stackedData(series: readonly ChartSeries[]): Column[] {
  const [xs = [], ...columns] = alignedData(series);
  const sums = xs.map(() => 0);
  const stacked = columns.map((column) =>
    column.map((value, index) => {
      sums[index] = (sums[index] ?? 0) + (value ?? 0);
      return sums[index];
    }),
  );
  return [xs, ...stacked];
}
