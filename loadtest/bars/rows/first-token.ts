/**
 * What the gateway adds to the time to the first token while it relays 1000 streams: new streams at a steady rate beside
 * them, measured from sending to the first token less the time that the mock held it back on purpose. The same is
 * measured straight against the mock under the same load, and its quantiles are taken off. What Go adds is said beside it: on
 * a machine where all share two cores, most of either is waiting for a core.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbesResult } from '../client-messages.js';
import type { Figure } from '../figure.js';
import { interleave } from '../interleave.js';
import type { Scene, Site, TargetName } from '../site.js';
import { median, quantile, spreadOf } from '../statistics.js';
import { figure } from '../verdict.js';

const STREAMS = 1000;
const LOAD_MODEL = 'mock-paced-100000x66';
/** Short streams, stamped. */
const PROBE_MODEL = 'mock-paced-4x10+stamps';
const PROBES_PER_SECOND = 100;
const RAMP_MS = 2000;

type Kind = 'kept' | 'fresh';

export async function measureFirstToken(site: Site): Promise<Figure[]> {
  const names = await site.available(['direct', 'cluster', 'go']);
  const results = await interleave(names, site.pace.rounds, async (name: TargetName) => {
    const result = await site.with(name, {}, (scene) => probe(site, scene));
    site.settings.say(`  ${name}: ${inWords(result)}`);
    return result;
  });
  const failed = (results.get('cluster') ?? []).reduce((sum, result) => sum + result.failed, 0);
  if (failed > 0) site.problems.push(`first-token: ${failed} probes through the cluster failed`);
  return [
    ...figuresOf(results, 'kept', ['first-token-p50', 'first-token-p99']),
    ...figuresOf(results, 'fresh', ['first-token-new-p50', 'first-token-new-p99']),
  ];
}

async function probe({ pace }: Site, { client, newClient, through }: Scene): Promise<ProbesResult> {
  // A process of their own: a probe must not wait until a thousand streams are read.
  const prober = newClient();
  await client.ask('openStreams', { ...through(LOAD_MODEL), count: STREAMS, rampMs: RAMP_MS, tries: 5 });
  await prober.ask('probe', { ...through(PROBE_MODEL), perSecond: PROBES_PER_SECOND, seconds: pace.settleSeconds });
  await sleep(100);
  return prober.ask('probe', { ...through(PROBE_MODEL), perSecond: PROBES_PER_SECOND, seconds: pace.windowSeconds });
}

type Results = ReadonlyMap<TargetName, readonly ProbesResult[]>;

function figuresOf(
  results: Results,
  kind: Kind,
  [p50, p99]: ['first-token-p50', 'first-token-p99'] | ['first-token-new-p50', 'first-token-new-p99'],
): Figure[] {
  const quantiles = [
    [p50, 0.5],
    [p99, 0.99],
  ] as const;
  return quantiles.map(([id, share]) => {
    const of = (name: TargetName): number[] => (results.get(name) ?? []).map((result) => quantile(result[kind], share));
    const added = (name: TargetName): number[] => of(name).map((value, round) => value - (of('direct')[round] as number));
    const absolute = (['cluster', 'direct', 'go'] as const).filter((name) => results.has(name));
    const behind = [
      absolute.map((name) => `${name} ${median(of(name)).toFixed(2)} ms`).join(', '),
      ...(results.has('go') ? [`Go adds ${median(added('go')).toFixed(2)} ms`] : []),
      `${results.get('cluster')?.[0]?.[kind].length ?? 0} probes a round`,
    ];
    return figure(id, spreadOf(added('cluster')), behind);
  });
}

function inWords(result: ProbesResult): string {
  const part = (kind: Kind): string =>
    `${kind} p50 ${quantile(result[kind], 0.5).toFixed(2)} p99 ${quantile(result[kind], 0.99).toFixed(2)} ms (${result[kind].length})`;
  return `${part('kept')}, ${part('fresh')}, ${result.failed} failed`;
}
