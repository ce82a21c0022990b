import type { Outcome, ScenarioResult, SuiteSummary } from '../scenarios/findings.js';

export interface Verdict {
  outcome: Exclude<Outcome, 'skipped'>;
  /** `22 scenarios: 21 passed, 1 failed · 95 of 96 checks kept · 8 min 12 s`. */
  words: string;
}

const WORDS: readonly [Outcome, string][] = [
  ['pass', 'passed'],
  ['fail', 'failed'],
  ['error', 'could not run'],
  ['invalid', 'invalid'],
  ['skipped', 'skipped'],
];

/** What became of the whole: the worst of its scenarios. */
export function verdictOf({ scenarios, interrupted, seconds }: SuiteSummary): Verdict {
  const count = (outcome: Outcome): number => scenarios.filter((scenario) => scenario.outcome === outcome).length;
  const checks = scenarios.flatMap((scenario) => scenario.checks);
  const parts = WORDS.filter(([outcome]) => count(outcome) > 0).map(([outcome, words]) => `${count(outcome)} ${words}`);
  const kept = `${checks.filter(({ ok }) => ok).length} of ${checks.length} checks kept`;
  const head = `${scenarios.length} scenario${scenarios.length === 1 ? '' : 's'}: ${parts.join(', ') || 'none was run'}`;
  return {
    outcome: worst(scenarios, interrupted),
    words: [...(interrupted ? ['interrupted'] : []), head, kept, textSeconds(seconds)].join(' · '),
  };
}

function worst(scenarios: readonly ScenarioResult[], interrupted: boolean): Verdict['outcome'] {
  const has = (outcome: Outcome): boolean => scenarios.some((scenario) => scenario.outcome === outcome);
  if (has('fail')) return 'fail';
  if (has('error') || interrupted || !has('pass')) return has('invalid') && !has('error') && !interrupted ? 'invalid' : 'error';
  return has('invalid') ? 'invalid' : 'pass';
}

/** `8.2 s`, `8 min 12 s`. */
export function textSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
