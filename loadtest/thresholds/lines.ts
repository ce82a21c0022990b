import type { Check } from '../check.js';

/** Checks as lines, those that were not kept first: `✗ ttft p(95) < 300 ms: 412 ms`. */
export function checkLines(checks: readonly Check[]): string[] {
  const lineOf = ({ promise, ok, actual, hint }: Check): string =>
    `${ok ? '✓' : '✗'} ${promise}: ${actual}${!ok && hint ? ` (${hint})` : ''}`;
  return [...checks.filter(({ ok }) => !ok), ...checks.filter(({ ok }) => ok)].map(lineOf);
}
