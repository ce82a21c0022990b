/** Seed 003: the 524s. An upstream is silent for longer than a proxy in front allows; heartbeats keep the streams alive. */
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { metricOf } from './tools/admin.js';
import { type CallResult, failed, tellEndings } from './tools/caller.js';
import { Crowd } from './tools/crowd.js';
import { figure } from './tools/figures.js';
import { IdleCutter } from './tools/idle-cutter.js';
import { chatRequest, type Place } from './tools/requests.js';

/** Seconds. Quick is the full one at about a fifteenth. */
interface Times {
  /** How long the upstream says nothing, before the headers, before the first token, or between two events. */
  readonly silence: number;
  /** How long the proxy in front lets a connection be silent. */
  readonly cut: number;
  readonly heartbeat: number;
  /** Streams of each kind. */
  readonly streams: number;
}

const PACES: Readonly<Record<Stage['pace'], Times>> = {
  quick: { silence: 7, cut: 4, heartbeat: 1, streams: 20 },
  full: { silence: 120, cut: 100, heartbeat: 15, streams: 100 },
};

export const longSilence: Scenario = {
  name: 'long-silence',
  title: 'an upstream silent for longer than proxies allow: heartbeats come, no stream is cut',
  source: 'seed 003, the 524 time-outs',
  seconds: { quick: 30, full: 400 },
  run: longSilenceOn,
};

async function longSilenceOn(stage: Stage): Promise<Findings> {
  const times = PACES[stage.pace];
  const mock = await stage.startMock({ maxConcurrent: 4_000 });
  const gateway = await stage.startTarget('cluster', { mockUrl: mock.origin, credentials: 20, config: configOf(times) });
  const cutters = await Promise.all([gateway.url, mock.origin].map((origin) => IdleCutter.before(origin, times.cut * 1000)));
  const [before, beforeMock] = cutters as [IdleCutter, IdleCutter];
  try {
    stage.say(`${3 * times.streams} streams, silent for ${times.silence} s behind a proxy that cuts after ${times.cut} s`);
    const key = gateway.keys[0] ?? '';
    const [through, past] = await Promise.all([
      streamAll({ origin: before.origin, key }, times),
      streamAll({ origin: beforeMock.origin, key: 'sk-load-1' }, times),
    ]);
    const heartbeats = gateway.adminUrl ? await metricOf(gateway.adminUrl, 'tidegate_heartbeats_total') : Number.NaN;
    return findingsOf(times, through, past, before.cut, heartbeats);
  } finally {
    for (const cutter of cutters) cutter.close();
  }
}

function configOf({ silence, heartbeat }: Times): Record<string, unknown> {
  const patient = `${silence * 2 + 30}s`;
  return {
    server: { host: '127.0.0.1', port: 0, heartbeatSeconds: heartbeat },
    timeouts: { headers: patient, firstToken: patient, idle: patient, total: '1h' },
  };
}

/** A third silent before the headers, a third before the first token, a third between events. */
async function streamAll(place: Place, { silence, streams }: Times): Promise<CallResult[]> {
  const ms = silence * 1000;
  const models = [`fault-slow-headers-${ms}`, `fault-slow-first-token-${ms}`, `mock-paced-4x${ms}`];
  const crowd = await Crowd.gather({
    ...{ origin: place.origin, count: models.length * streams, rampMs: 300, patience: ms * 5 + 60_000 },
    begin: 'at once',
    request: (index) =>
      chatRequest(place, { model: models[index % models.length] ?? '', stream: true, session: `silent-${index}` }),
  });
  return crowd.ended();
}

function findingsOf(
  { silence, cut, heartbeat, streams }: Times,
  through: readonly CallResult[],
  past: readonly CallResult[],
  cuts: number,
  heartbeats: number,
): Findings {
  const longest = Math.max(...through.map(({ longestSilenceMs }) => longestSilenceMs)) / 1000;
  const whole = through.length - failed(through).length;
  const control = past.length - failed(past).length;
  return {
    checks: [
      exactly('streams whole through the gateway', whole, 3 * streams, '', tellEndings(through)),
      exactly('connections cut by the proxy in front of it', cuts, 0),
      exactly('streams whole without the gateway', control, 0, '', 'else the proxy does not cut and nothing is shown'),
      // Each third is silent once for so long, the last one three times.
      atLeast('heartbeats', heartbeats, Math.floor(silence / heartbeat / 2) * 5 * streams),
      atMost('longest silence that a client saw', longest, cut, 's'),
    ],
    figures: [
      figure('whole', 'streams whole', '', 'gateway', whole, { better: 'higher' }),
      figure('whole', 'streams whole', '', 'direct', control, { published: '524 time-outs from 70 requests a second on' }),
      figure('silence', 'longest silence that a client saw', 's', 'gateway', longest, { better: 'lower' }),
      figure('heartbeats', 'heartbeats sent', '', 'gateway', heartbeats),
    ],
    notes: [
      `The upstream says nothing for ${silence} s, the proxy in front cuts after ${cut} s, a heartbeat comes every ${heartbeat} s.`,
      'Answers that are not streamed have no place for a heartbeat: behind such a proxy, stream.',
    ],
  };
}
