/** What the gateway adds to a small request on one connection when nothing else goes on: turn by turn with the mock itself. */
import type { Figure } from '../figure.js';
import { interleave } from '../interleave.js';
import type { Scene, Site, TargetName } from '../site.js';
import { median, quantile, spreadOf } from '../statistics.js';
import { figure } from '../verdict.js';

const MODEL = 'mock-instant';
const WARM_UP = 1000;
const REQUESTS_PER_SECOND = 250;

interface Latency {
  direct: number;
  through: number;
}

export async function measureLatency(site: Site): Promise<Figure[]> {
  const names = await site.available(['cluster', 'single', 'go']);
  const results = await interleave(names, site.pace.rounds, async (name) => {
    const latency = await site.with(name, {}, (scene) => alternate(site, scene));
    site.settings.say(`  ${name}: p50 ${latency.through.toFixed(3)} ms, direct ${latency.direct.toFixed(3)} ms`);
    return latency;
  });
  const cluster = results.get('cluster') ?? [];
  return [
    figure(
      'latency',
      spreadOf(cluster.map((round) => round.through - round.direct)),
      names.map((name) => inWords(name, results.get(name) ?? [])),
    ),
  ];
}

async function alternate({ pace }: Site, { client, through, direct }: Scene): Promise<Latency> {
  const order = { targets: [direct(MODEL), through(MODEL)], warmUp: WARM_UP, count: pace.windowSeconds * REQUESTS_PER_SECOND };
  const [past = [], whole = []] = await client.ask('alternate', order);
  return { direct: quantile(past, 0.5), through: quantile(whole, 0.5) };
}

function inWords(name: TargetName, rounds: readonly Latency[]): string {
  const added = median(rounds.map(({ through, direct }) => through - direct));
  return `${name}: +${added.toFixed(3)} ms on ${median(rounds.map((round) => round.direct)).toFixed(3)} ms direct`;
}
