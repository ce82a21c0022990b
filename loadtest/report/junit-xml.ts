/** `junit.xml`: a suite for each scenario, a case for each check, as CI systems read it (Jenkins' schema, GitLab, GitHub actions). Pure. */
import type { Check, ScenarioResult, SuiteSummary } from '../scenarios/findings.js';
import { escapeText } from './html/markup.js';

interface Case {
  name: string;
  /** What stands inside: nothing when it was kept. */
  inside?: string;
  kind: 'ok' | 'failure' | 'error' | 'skipped';
}

export function junitXml({ scenarios, seconds, environment, title }: SuiteSummary): string {
  const suites = scenarios.map((scenario) => ({ scenario, cases: casesOf(scenario) }));
  const all = suites.flatMap(({ cases }) => cases);
  const name = title ?? `Tidegate load test, commit ${environment.commit}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeText(name)}" ${totals(all)} time="${seconds.toFixed(3)}">`,
    ...suites.map(({ scenario, cases }) => suiteXml(scenario, cases, environment.platform)),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteXml({ name, seconds, startedAt, title }: ScenarioResult, cases: readonly Case[], platform: string): string {
  const own = escapeText(name);
  // The time is the scenario's: its checks were all made of the same runs.
  const lines = cases.map(({ name: promise, inside }, index) => {
    const head = `    <testcase classname="loadtest.${own}" name="${escapeText(promise)}" time="${index === 0 ? seconds.toFixed(3) : '0.000'}"`;
    return inside === undefined ? `${head}/>` : `${head}>\n      ${inside}\n    </testcase>`;
  });
  const stamp = startedAt.replace(/\.\d+Z$/, '');
  return [
    `  <testsuite name="${own}" ${totals(cases)} time="${seconds.toFixed(3)}" timestamp="${escapeText(stamp)}">`,
    `    <properties>\n      <property name="title" value="${escapeText(title)}"/>\n      <property name="platform" value="${escapeText(platform)}"/>\n    </properties>`,
    ...lines,
    '  </testsuite>',
  ].join('\n');
}

function totals(cases: readonly Case[]): string {
  const count = (kind: Case['kind']): number => cases.filter((one) => one.kind === kind).length;
  return `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
}

/** Checks, and one case more where the scenario itself came to nothing. */
function casesOf({ checks, outcome, reason = '' }: ScenarioResult): Case[] {
  const own = checks.map(caseOf);
  if (outcome === 'skipped')
    return [...own, { name: 'runs here', kind: 'skipped', inside: `<skipped message="${attribute(reason)}"/>` }];
  if (outcome === 'error') return [...own, { name: 'runs', kind: 'error', inside: fault('error', 'could not run', reason) }];
  if (outcome === 'invalid')
    return [...own, { name: 'numbers may be used', kind: 'error', inside: fault('error', 'invalid', reason) }];
  return own;
}

function caseOf({ promise, ok, actual, hint }: Check): Case {
  if (ok) return { name: promise, kind: 'ok' };
  return { name: promise, kind: 'failure', inside: fault('failure', 'threshold', actual, hint) };
}

function fault(element: 'failure' | 'error', type: string, message: string, more = ''): string {
  return `<${element} type="${type}" message="${attribute(message)}">${escapeText(more)}</${element}>`;
}

/** Line ends inside an attribute would be read as spaces. */
function attribute(text: string): string {
  return escapeText(text).replaceAll('\n', '&#10;').replaceAll('\r', '&#13;');
}
