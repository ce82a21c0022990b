/** `timeseries.csv`: one line for each second of each run of each scenario; bytes, percent of one core, milliseconds. Pure. */
import type { GroupSample, Quantiles, Sample } from '../result.js';
import type { ScenarioResult } from '../scenarios/findings.js';

const GROUPS = ['gateway', 'mock', 'generator'] as const;
const GROUP_FIELDS: readonly Exclude<keyof GroupSample, 'each'>[] = [
  'cpuPercent',
  'cpuSeconds',
  'rss',
  'pss',
  'fds',
  'threads',
  'processes',
];
const OWN_FIELDS = [
  'at',
  'phase',
  'inFlight',
  'ok',
  'failed',
  'events',
  'p95',
  'generatorElu',
  'stealPercent',
  'listenOverflows',
] as const;
const TIMES = ['ttft', 'latency'] as const;
const QUANTILES: readonly (keyof Quantiles)[] = ['count', 'p50', 'p95', 'p99'];

const HEAD: readonly string[] = [
  ...['scenario', 'run', 'label'],
  ...OWN_FIELDS,
  ...TIMES.flatMap((time) => QUANTILES.map((name) => `recent_${time}_${name}`)),
  'failures',
  ...GROUPS.flatMap((group) => GROUP_FIELDS.map((field) => `${group}_${field}`)),
];

/** `run` counts from 1 within its scenario; `failures` is `kind=count` joined by semicolons. */
export function timeseriesCsv(scenarios: readonly ScenarioResult[]): string {
  const rows = scenarios.flatMap(({ name, runs }) =>
    runs.flatMap((run, index) =>
      run.samples.map((sample) => [quoted(name), String(index + 1), quoted(run.plan.label), ...cells(sample)]),
    ),
  );
  return `${[HEAD, ...rows].map((row) => row.join(',')).join('\n')}\n`;
}

function cells(sample: Sample): string[] {
  const failures = Object.entries(sample.failures ?? {}).map(([kind, count]) => `${kind}=${count}`);
  return [
    ...OWN_FIELDS.map((field) => plain(sample[field])),
    ...TIMES.flatMap((time) => QUANTILES.map((name) => plain(sample.recent?.[time]?.[name]))),
    failures.length > 0 ? quoted(failures.join(';')) : '',
    ...GROUPS.flatMap((group) => GROUP_FIELDS.map((field) => plain(sample[group]?.[field]))),
  ];
}

function plain(value: number | string | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : value;
}

/** A spreadsheet must not take a name for a formula. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""').replace(/[\r\n]+/g, ' ')}"`;
}
