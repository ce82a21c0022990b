/** More than can be served: as much as before is served, the rest is refused early and properly, health answers, and it recovers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, quantile } from '../bars/statistics.js';
import { atLeast, atMost, exactly, holds } from '../thresholds/checks.js';
import type { Check, Figure, Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { type CallResult, tellEndings } from './tools/caller.js';
import { figure } from './tools/figures.js';
import { HealthWatch } from './tools/health-watch.js';
import { OpenLoad } from './tools/open-load.js';
import { chatRequest, type Place } from './tools/requests.js';

/** The knee is made: so many places, each taken for so long; the machine could do many times that. */
const PLACES = 32;
const TAKES_MS = 400;
const KNEE = (PLACES * 1000) / TAKES_MS;
/** Five events, the last two due together: four pauses until the end. */
const MODEL = `mock-paced-5x${TAKES_MS / 4}`;
const QUEUE = { length: 16, age: '300ms' };
/** The load in knees, in this order. */
const STEPS = [0.5, 1, 2, 5, 0.5] as const;
const PACES = { quick: 3, full: 30 };
/** After the heaviest step: what was in flight ends, workers tell the primary that its connections are gone. */
const REST_SECONDS = 3;
/** Of each step, so that what the step before left has gone. */
const SETTLE_SECONDS = 1;

export const overload: Scenario = {
  name: 'overload',
  title: 'up to five times what can be served: early 503s, health answers, all as before afterwards',
  source: 'resilience: overload',
  seconds: { quick: 35, full: 320 },
  run: overloadOn,
};

/** One step of the load. */
interface Step {
  readonly times: number;
  /** Good answers a second. */
  readonly goodput: number;
  readonly results: readonly CallResult[];
}

async function overloadOn(stage: Stage): Promise<Findings> {
  const seconds = PACES[stage.pace];
  const mock = await stage.startMock({ maxConcurrent: 10_000 });
  const config = { server: { host: '127.0.0.1', port: 0, maxInFlight: PLACES, queue: QUEUE } };
  const gateway = await stage.startTarget('cluster', { mockUrl: mock.origin, credentials: 4, config });
  const place = { origin: gateway.url, key: gateway.keys[0] ?? '' };
  const health = new HealthWatch(gateway.url);
  const steps: Step[] = [];
  for (const [index, times] of STEPS.entries()) {
    stage.say(`${times} times the knee (${times * KNEE} requests a second)`);
    steps.push(await stepAt(place, times, seconds));
    if (times > 1) await sleep(REST_SECONDS * 1000);
    stage.progress((index + 1) / (STEPS.length + 1));
  }
  const probes = await health.end();
  // The same past the gateway: where nobody refuses, everybody is served, so the refusals above are the gateway's.
  const direct = await stepAt({ origin: mock.origin, key: 'sk-load-1' }, 5, seconds);
  return {
    checks: checksOf(steps, direct, probes),
    figures: figuresOf(steps, direct, probes),
    charts: [
      {
        ...{ title: 'Requests a second by what became of them', kind: 'stacked' as const },
        ...{ x: { label: 'load, in knees' }, y: { label: 'requests a second', unit: '1/s' } },
        names: steps.map(({ times }, index) => (index === STEPS.length - 1 ? `${times}× again` : `${times}×`)),
        series: [
          { name: 'served', points: steps.map(({ goodput }, index) => [index, goodput]) },
          { name: 'refused', points: steps.map(({ results }, index) => [index, refused(results).length / seconds]) },
        ],
      },
    ],
    notes: [
      `The knee is made by the config: ${PLACES} places, answers that take ${TAKES_MS} ms, so ${KNEE} a second; ${QUEUE.length} wait, ${QUEUE.age} at most.`,
    ],
  };
}

async function stepAt(place: Place, times: number, seconds: number): Promise<Step> {
  const load = new OpenLoad({
    ...{ origin: place.origin, rate: KNEE * times },
    request: (index) => chatRequest(place, { model: MODEL, stream: index % 2 === 0, session: `over-${index % 100}` }),
  });
  await sleep(SETTLE_SECONDS * 1000);
  const from = performance.now();
  await sleep(seconds * 1000);
  const until = performance.now();
  const all = await load.stop();
  const results = all.filter(({ startedAt, ms }) => startedAt + ms > from && startedAt + ms <= until);
  return { times, results, goodput: results.filter(({ ending }) => ending === 'ok').length / ((until - from) / 1000) };
}

function refused(results: readonly CallResult[]): CallResult[] {
  return results.filter(({ ending }) => ending === 'status');
}

function checksOf(steps: readonly Step[], direct: Step, probes: Probes): Check[] {
  const [calm, knee, , worst, again] = steps as [Step, Step, Step, Step, Step];
  const all = steps.flatMap(({ results }) => results);
  const badly = refused(all).filter(({ status, head }) => status !== 503 || !/\r\nretry-after: \d/i.test(head));
  const neither = all.filter(({ ending }) => ending !== 'ok' && ending !== 'status');
  return [
    exactly('refused at half of the knee', refused(calm.results).length, 0),
    atLeast(
      'served at five times the knee, over the knee and over the share that the control could be sent',
      worst.goodput / Math.min(knee.goodput, KNEE) / Math.min(1, direct.goodput / (5 * KNEE)),
      0.8,
      'x',
    ),
    atLeast('refused at five times the knee', refused(worst.results).length, 1),
    exactly('refused otherwise than with 503 and Retry-After', badly.length, 0, '', tellEndings(badly)),
    exactly('neither served nor refused', neither.length, 0, '', tellEndings(neither)),
    atMost(
      'time until a refusal, median',
      median(refused(worst.results).map(({ ms }) => ms)),
      1_000,
      'ms',
      `they wait ${QUEUE.age} at most`,
    ),
    exactly('times that /health did not answer', probes.unanswered, 0),
    atMost('time until /health answers, median', median(probes.times), 500, 'ms'),
    exactly('refused at half of the knee afterwards', refused(again.results).length, 0, '', 'it must recover without a restart'),
    holds(
      'past the gateway nobody is refused',
      refused(direct.results).length === 0,
      `${refused(direct.results).length} refused`,
    ),
  ];
}

type Probes = Awaited<ReturnType<HealthWatch['end']>>;

function figuresOf(steps: readonly Step[], direct: Step, probes: Probes): Figure[] {
  const [calm, knee, twice, worst, again] = steps as [Step, Step, Step, Step, Step];
  const served = (name: string, step: Step): Figure =>
    figure(`goodput_${name}`, `served at ${step.times} times the knee`, '1/s', 'gateway', step.goodput, { better: 'higher' });
  const p99 = (step: Step): number => quantile(good(step.results), 0.99);
  return [
    figure('knee', 'the knee, by the config', '1/s', 'gateway', KNEE),
    ...[served('half', calm), served('knee', knee), served('twice', twice), served('five', worst)],
    { ...served('again', again), label: 'served at half of the knee afterwards' },
    figure('goodput_five', 'served at 5 times the knee', '1/s', 'direct', direct.goodput),
    figure(
      'refusal',
      'time until a refusal at five times, median',
      'ms',
      'gateway',
      median(refused(worst.results).map(({ ms }) => ms)),
      {
        better: 'lower',
      },
    ),
    figure('p99_half', 'P99 of the served at half of the knee', 'ms', 'gateway', p99(calm)),
    figure('p99_five', 'P99 of the served at five times the knee', 'ms', 'gateway', p99(worst), { better: 'lower' }),
    figure('p99_again', 'P99 of the served at half of the knee afterwards', 'ms', 'gateway', p99(again)),
    figure('health_p50', '/health while overloaded P50', 'ms', 'gateway', median(probes.times), { better: 'lower' }),
    figure('health_longest', '/health while overloaded, longest', 'ms', 'gateway', Math.max(...probes.times), {
      better: 'lower',
    }),
    figure('health_503', '/health that said overloaded', '%', 'gateway', (100 * probes.overloaded) / probes.times.length),
  ];
}

function good(results: readonly CallResult[]): number[] {
  return results.filter(({ ending }) => ending === 'ok').map(({ ms }) => ms);
}
