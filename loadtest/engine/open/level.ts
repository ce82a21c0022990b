/** What is asked for over time: straight lines between points, users in a closed model, arrivals a second in an open one. Pure. */
import type { LoadStage } from '../../result.js';

/** A level over time; times in seconds since the load began. */
export class Level {
  readonly #points: readonly (readonly [at: number, level: number])[];
  readonly #lines: readonly Line[];

  constructor(start: number, stages: readonly LoadStage[]) {
    const points: [number, number][] = [[0, start]];
    for (const { seconds, target } of stages) points.push([(points.at(-1)?.[0] ?? 0) + seconds, target]);
    this.#points = points;
    this.#lines = linesOf(this.#points);
  }

  /** Length of all stages. */
  get seconds(): number {
    return this.#points.at(-1)?.[0] ?? 0;
  }

  get highest(): number {
    return this.#points.reduce((most, [, level]) => Math.max(most, level), 0);
  }

  /** The level at a time; before the first point and after the last one it is theirs. */
  at(time: number): number {
    const seconds = Math.max(0, time);
    let [left] = this.#points as readonly [readonly [number, number]];
    for (const right of this.#points) {
      if (right[0] > seconds) return left[1] + ((right[1] - left[1]) * (seconds - left[0])) / (right[0] - left[0]);
      left = right;
    }
    return left[1];
  }

  /** The area under the level from 0 to this time: how many arrivals were due. */
  area(seconds: number): number {
    return this.#lines.reduce((sum, [from, to, low, high]) => {
      const end = Math.min(to, seconds);
      return end <= from ? sum : sum + ((low + low + ((high - low) * (end - from)) / (to - from)) / 2) * (end - from);
    }, 0);
  }

  /** When the area reaches a size; Infinity when it never does. */
  whenArea(size: number): number {
    let before = 0;
    for (const [from, to, low, high] of this.#lines) {
      const own = ((low + high) / 2) * (to - from);
      if (before + own >= size) return from + timeToArea(size - before, low, (high - low) / (to - from), to - from);
      before += own;
    }
    return Number.POSITIVE_INFINITY;
  }
}

type Line = readonly [from: number, to: number, levelAtFrom: number, levelAtTo: number];

/** The lines that take time. */
function linesOf(points: readonly (readonly [number, number])[]): Line[] {
  const lines = points.slice(1).map((point, index): Line => {
    const [from, low] = points[index] as readonly [number, number];
    return [from, point[0], low, point[1]];
  });
  return lines.filter(([from, to]) => to > from);
}

/** Solves low·t + slope·t²/2 = area for t, in the form that does not lose digits when the slope is small. */
function timeToArea(area: number, low: number, slope: number, longest: number): number {
  if (area <= 0) return 0;
  const root = Math.sqrt(Math.max(0, low * low + 2 * slope * area));
  return Math.min(longest, (2 * area) / (low + root));
}
