/** A closed loop of so many callers, and what it gave. */
export interface Rung {
  readonly callers: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p99: number;
}

const OF_THE_MOST = 0.9;

/**
 * The fewest callers that reach nine tenths of the most requests a second: more of them only wait longer. A closed loop of a
 * few rungs shows where to look; the capacity of a gateway is a band, measured with arrivals that do not wait (capacity/).
 */
export function kneeOf(rungs: readonly Rung[]): Rung | undefined {
  const most = Math.max(...rungs.map(({ perSecond }) => perSecond));
  return rungs.find(({ perSecond }) => perSecond >= OF_THE_MOST * most);
}
