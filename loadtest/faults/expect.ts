/** What rows demand; the first demand that is not met is the reason of the failure. Waiting is bounded and generous. */
import { setTimeout as sleep } from 'node:timers/promises';

export class Unmet extends Error {}

/** Thrown by a row that cannot be run here; the message says why. */
export class NotRun extends Error {}

export function ok(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Unmet(what);
}

export function equal(got: unknown, wanted: unknown, what: string): void {
  const [is, due] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (is !== due) throw new Unmet(`${what}: ${is?.slice(0, 200)}, not ${due?.slice(0, 200)}`);
}

/** `got` at most `bound`. */
export function atMost(got: number, bound: number, what: string): void {
  if (!(got <= bound)) throw new Unmet(`${what}: ${round(got)}, more than ${bound}`);
}

/**
 * How many times longer than stated everything may take, limits of the gateway included: for machines that do other things too.
 * `FAULTS_PATIENCE`, a whole number; 1 where it is not set.
 */
export const PATIENCE = Math.max(1, Number(process.env.FAULTS_PATIENCE) || 1);

/** At most so many milliseconds. */
export function withinMs(got: number, bound: number, what: string): void {
  atMost(got, bound * PATIENCE, what);
}

export function round(value: number): number {
  return Math.abs(value) >= 10 ? Math.round(value) : Math.round(value * 100) / 100;
}

/** Polls until it holds; milliseconds that it took. @throws Unmet after `within` milliseconds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, within = 15_000): Promise<number> {
  const bound = within * PATIENCE;
  const began = performance.now();
  while (!(await condition())) {
    if (performance.now() - began > bound) throw new Unmet(`not within ${bound / 1000} s: ${what}`);
    await sleep(10);
  }
  return performance.now() - began;
}

/** p in 0…1, by the nearest rank; 0 for nothing. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? 0;
}
