import { compared, holds } from '../thresholds/checks.js';
import type { Expression } from '../thresholds/expression.js';
import type { Check, Findings, Outcome, ScenarioResult } from './findings.js';
import type { Scenario } from './scenario.js';

interface Circumstances {
  /** The user ended it early. */
  readonly interrupted: boolean;
  readonly thresholds: readonly Expression[];
}

type Judged = Required<Omit<Findings, 'skipped'>> & Pick<ScenarioResult, 'outcome' | 'reason'>;

/** What a scenario gave, or the error that it ended with → its outcome, and every list filled. Pure. */
export function judgeFindings(found: Findings | Error, scenario: Scenario, circumstances: Circumstances): Judged {
  const findings: Findings = found instanceof Error ? { checks: [], figures: [] } : found;
  const checks = [...findings.checks, ...userChecks(findings, scenario, circumstances)];
  // What was not measured is no number: in JSON it would be null where the schema promises one.
  const figures = findings.figures.filter(({ value }) => Number.isFinite(value));
  const { charts = [], runs = [], notes = [], invalid = [], skipped } = findings;
  const lists = { checks, figures, charts, runs, notes, invalid };
  const judged = (outcome: Outcome, reason?: string): Judged => ({ ...lists, outcome, ...(reason !== undefined && { reason }) });
  if (circumstances.interrupted) return judged('error', 'interrupted: what follows is partial');
  if (found instanceof Error) return judged('error', found.message);
  if (skipped !== undefined) return judged('skipped', skipped);
  if (invalid.length > 0) return judged('invalid', invalid.join('; '));
  // A scenario that promises nothing cannot fail, and would look like one that passed.
  if (checks.length === 0) return judged('error', 'it checked nothing');
  return judged(checks.every(({ ok }) => ok) ? 'pass' : 'fail');
}

function userChecks({ figures, skipped }: Findings, { name, number }: Scenario, { thresholds }: Circumstances): Check[] {
  const own = thresholds.filter(({ subject }) => subject === name || subject === number);
  if (skipped !== undefined) return [];
  return own.map(({ measure, operator, limit }) => {
    const figure = figures.find((one) => one.name === measure);
    const among = figures.map((one) => one.name).join(', ');
    return figure
      ? compared(`${figure.label} (${figure.where})`, figure.value, operator, limit, figure.unit)
      : holds(`${measure} ${operator} ${limit}`, false, 'no such figure', `figures: ${among}`);
  });
}
