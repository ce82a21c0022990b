/**
 * A change smaller than this is no regression, however sure it is: what nobody would notice must not fail a build. In the
 * figure's unit; the relative floor (`--max-regression`) must be passed too. Small values have a wide relative noise: 0.2 ms
 * more on 0.4 ms is 50 %.
 */
const ABSOLUTE: Readonly<Record<string, number>> = {
  s: 0.05,
  ms: 1,
  us: 5,
  µs: 5,
  /** A page of code or one more buffer pool moves memory by so much from start to start. */
  MB: 4,
  /** Percent points. */
  '%': 1,
  '1/s': 1,
  /** CPU-seconds per 1,000 events; a chunk costs 20 to 60 µs. */
  'CPU-s/1000': 0.001,
  x: 0.02,
};

/** The absolute floor of a unit; 0 where none is known, as then the relative one decides alone. */
export function absoluteFloor(unit: string): number {
  return ABSOLUTE[unit] ?? 0;
}
