/** A new session's decision: what `npm run bench -- store` prints, several times, on the Node that is asked for. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BarId } from '../bar-table.js';
import type { Figure } from '../figure.js';
import type { Site } from '../site.js';
import { spreadOf } from '../statistics.js';
import { figure } from '../verdict.js';

const MOST_ROUNDS = 3;
const RATE = '2000';
const STORES: readonly [BarId, string][] = [
  ['decision-embedded', 'embedded, IPC'],
  ['decision-redis', 'Redis, unix socket'],
];
const run = promisify(execFile);

/** Of one line of the bench's table: milliseconds. */
export interface Decision {
  store: string;
  rate: string;
  p50: number;
  p99: number;
}

export async function measureDecision(site: Site): Promise<Figure[]> {
  const decisions: Decision[] = [];
  for (let round = 0; round < Math.min(site.pace.rounds, MOST_ROUNDS); round++) decisions.push(...(await oneBench(site)));
  return STORES.flatMap(([bar, store]) => {
    const own = decisions.filter((decision) => decision.store === store && decision.rate === RATE);
    if (own.length === 0) {
      site.problems.push(`${bar}: the bench printed no line for it`);
      return [];
    }
    const p50 = spreadOf(own.map((decision) => decision.p50));
    return [
      figure(bar, spreadOf(own.map((decision) => decision.p99)), [`p50 ${p50.median.toFixed(2)} ms, 4 workers, 500 credentials`]),
    ];
  });
}

async function oneBench({ settings, problems }: Site): Promise<Decision[]> {
  let output = '';
  try {
    output = (await run(settings.nodePath, [join(settings.home, 'bench.js'), 'store'])).stdout;
  } catch (error) {
    // Without a Redis the lines of the embedded store stand before the failure.
    output = (error as { stdout?: string }).stdout ?? '';
    problems.push(`decision: the bench failed: ${(error as Error).message.split('\n')[0]}`);
  }
  const decisions = readBench(output);
  for (const { store, rate, p99 } of decisions) settings.say(`  ${store} at ${rate}/s: p99 ${p99.toFixed(2)} ms`);
  return decisions;
}

/** The lines of the bench's table; its columns are named in its head. */
export function readBench(output: string): Decision[] {
  const lines = output.split('\n').filter((line) => line.startsWith('|'));
  const [head = [], , ...rows] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return rows.map((row) => {
    const cell = (name: string): string => row[head.indexOf(name)] ?? '';
    return {
      ...{ store: cell('store'), rate: cell('decisions/s asked') },
      ...{ p50: Number(cell('new p50 µs')) / 1000, p99: Number(cell('new p99 µs')) / 1000 },
    };
  });
}
