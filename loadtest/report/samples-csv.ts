import type { GroupSample, RunResult } from '../result.js';

const GROUPS = ['gateway', 'mock', 'generator'] as const;
const GROUP_FIELDS: readonly (keyof GroupSample)[] = ['cpuPercent', 'cpuSeconds', 'rss', 'pss', 'fds', 'threads', 'processes'];
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

/** `samples.csv`: one line a second and run; bytes, percent of one core, milliseconds. */
export function samplesCsv(runs: readonly RunResult[]): string {
  const head = ['run', ...OWN_FIELDS, ...GROUPS.flatMap((group) => GROUP_FIELDS.map((field) => `${group}_${field}`))];
  const rows = runs.flatMap((run) =>
    run.samples.map((sample) => [
      quoted(run.plan.label),
      ...OWN_FIELDS.map((field) => plain(sample[field])),
      ...GROUPS.flatMap((group) => GROUP_FIELDS.map((field) => plain(sample[group]?.[field]))),
    ]),
  );
  return `${[head, ...rows].map((row) => row.join(',')).join('\n')}\n`;
}

function plain(value: number | string | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : value;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
