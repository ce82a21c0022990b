/** CPU per relayed chunk: open streams of steady pace, CPU of the gateway's own processes only. */
import type { StreamsReading } from '../client-messages.js';
import type { Figure } from '../figure.js';
import type { Scene, Site, TargetName } from '../site.js';
import { measureCost, type Tally } from './cost.js';

const STREAMS = 1000;
/** An event each 66 ms on each of 1000 streams: 15,150 chunks a second; more events than any window is long. */
const MODEL = 'mock-paced-100000x66';
const RAMP_MS = 2000;
/** The mock's one thread makes 1000 handshakes; faster than this, some wait beyond the gateway's time to connect. */
const TLS_RAMP_MS = 10_000;

/** Figures of cluster and single process over Go, upstream in the clear or behind TLS. */
export function measureChunk(site: Site, targets: readonly TargetName[], tls: boolean): Promise<Figure[]> {
  return measureCost(site, targets, {
    piece: 'chunk',
    clusterBar: tls ? 'chunk-tls' : 'chunk',
    singleBar: tls ? 'chunk-tls-single' : 'chunk-single',
    scene: { tls },
    warmUp: 30_000,
    load: (scene) => openAll(scene, tls ? TLS_RAMP_MS : RAMP_MS),
  });
}

/** A mock that is short of CPU lets handshakes wait; a gateway with retries hides that, a plain relay does not. */
const TRIES = 5;

async function openAll({ client, through }: Scene, rampMs: number): Promise<() => Promise<Tally>> {
  const opened = await client.ask('openStreams', { ...through(MODEL), count: STREAMS, rampMs, tries: TRIES });
  if (opened.open < STREAMS) throw new Error(`only ${opened.open} of ${STREAMS} streams opened`);
  return async () => tally(await client.ask('readStreams', undefined));
}

function tally({ at, events, failed }: StreamsReading): Tally {
  return { at, pieces: events, failed };
}
