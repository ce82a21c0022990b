/** What conversion costs a small request and one event of a stream: the micro benches, run by the gateway's own Node. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BarId } from '../bar-table.js';
import type { Figure } from '../figure.js';
import type { Site } from '../site.js';
import { spreadOf } from '../statistics.js';
import { figure } from '../verdict.js';

/** The names that `npm run bench -- conversion` gives its cases. */
const KINDS: readonly (readonly [BarId, RegExp])[] = [
  ['conversion-request', /^request of 1 KB/],
  ['conversion-event', /^stream event/],
];
const PATIENCE_MS = 120_000;

/** Of one case in one run, microseconds. */
interface Timed {
  readonly name: string;
  readonly micros: number;
}

export async function measureConversion(site: Site): Promise<Figure[]> {
  const rounds: Timed[][] = [];
  for (let round = 0; round < site.pace.rounds; round++) rounds.push(await timeOnce(site));
  return KINDS.map(([bar, kind]) => {
    const worst = rounds.map((round) => slowest(round.filter(({ name }) => kind.test(name))));
    const words = worst.map(({ name, micros }) => `${name} ${micros.toFixed(1)} µs`);
    site.settings.say(`  ${words.join(', ')}`);
    return figure(bar, spreadOf(worst.map(({ micros }) => micros)), [`the slowest pair of protocols: ${words[0]}`]);
  });
}

async function timeOnce({ settings: { nodePath, home } }: Site): Promise<Timed[]> {
  const { stdout } = await promisify(execFile)(nodePath, [join(home, 'bench.js'), 'conversion', '--json'], {
    timeout: PATIENCE_MS,
  });
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines
    .map((line) => JSON.parse(line) as { name: string; median: number })
    .map(({ name, median }) => ({ name, micros: median / 1000 }));
}

function slowest(timed: readonly Timed[]): Timed {
  return timed.reduce((worst, each) => (each.micros > worst.micros ? each : worst));
}
