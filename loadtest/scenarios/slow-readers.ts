/** Clients that hardly read long answers: what is kept for them is bounded, and they do not slow the others. */
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../bars/statistics.js';
import { readMock } from '../engine/mock-control.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Check, Figure, Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { type CallResult, failed, tellEndings } from './tools/caller.js';
import { figure, latencyFigures, times } from './tools/figures.js';
import { OpenLoad } from './tools/open-load.js';
import { chatRequest, type Place } from './tools/requests.js';
import { SlowReader } from './tools/slow-reader.js';
import { until } from './tools/until.js';
import { peak, pointsOf, pssMb, type Seen, Watch } from './tools/watch.js';

/** Each is sent so much as fast as it takes it. */
const ANSWER_MB = 32;
const MODEL = `mock-size-${ANSWER_MB * 2 ** 20}`;
const BYTES_PER_SECOND = 4_096;
const OTHERS_PER_SECOND = 60;
/** Events have 1 KB; what the slow ones take and the others ask is some hundred a second. */
const FILLING_EVENTS_PER_SECOND = 3_000;
const FULL_WITHIN_MS = 30_000;
const PACES = {
  quick: { slow: 40, calmSeconds: 3, slowSeconds: 5 },
  full: { slow: 500, calmSeconds: 20, slowSeconds: 120 },
};

export const slowReaders: Scenario = {
  name: 'slow-readers',
  title: 'clients that hardly read: bounded memory for them, no delay for the others',
  source: 'resilience: slow readers',
  seconds: { quick: 30, full: 330 },
  run: async (stage) => {
    const through = await slowReadersAt(stage, 'cluster');
    const past = await slowReadersAt(stage, 'direct');
    return findingsOf(through, past);
  },
};

interface Outcome {
  readonly readers: readonly SlowReader[];
  /** Of the others: before the slow ones came, while they come (all buffers on the way are filled), and beside them. */
  readonly calm: readonly CallResult[];
  readonly arrival: readonly CallResult[];
  readonly beside: readonly CallResult[];
  /** Slow ones that were cut, that were answered with 200, and what they took, bytes. */
  readonly endedEarly: number;
  readonly status200: number;
  readonly received: number;
  /** What the mock has written for one slow reader, MB (with the little that it has written for the others). */
  readonly pulled: number;
  readonly settled?: number;
  /** Of the gateway beside them, percent of one core. */
  readonly cpu: number;
  readonly watch?: Watch;
  readonly before?: Seen;
  readonly came?: number;
  readonly after?: Seen;
}

async function slowReadersAt(stage: Stage, kind: 'cluster' | 'direct'): Promise<Outcome> {
  const { slow, calmSeconds, slowSeconds } = PACES[stage.pace];
  const mock = await stage.startMock({ maxConcurrent: 4_000 });
  const target = await stage.startTarget(kind, { mockUrl: mock.origin, credentials: 20 });
  const place = { origin: target.url, key: target.keys[0] ?? '' };
  const watch = kind === 'cluster' ? new Watch(target.pids().slice(0, 1)) : undefined;
  stage.say(`${kind}: the others alone`);
  await others(place, 1.5);
  const calm = await others(place, calmSeconds);
  const before = watch?.look();
  stage.say(`${kind}: ${slow} slow readers beside them`);
  const came = watch?.now;
  const readers = Array.from({ length: slow }, (_, index) => {
    const request = chatRequest(place, { model: MODEL, stream: true, session: `slow-${index}` });
    return new SlowReader(place.origin, request, BYTES_PER_SECOND);
  });
  const arrival = await othersUntil(place, () => isFull(mock.origin));
  const from = watch?.look();
  const beside = await others(place, slowSeconds);
  const to = watch?.look();
  const settled = watch?.now;
  const pulled = (await readMock(mock.origin)).events / slow / 1024;
  const facts = {
    endedEarly: readers.filter(({ endedAt }) => endedAt !== undefined).length,
    status200: readers.filter(({ status }) => status === 200).length,
    received: readers.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  for (const reader of readers) reader.leave();
  await sleep(1_500);
  const after = watch?.look();
  watch?.stop();
  await target.stop();
  await mock.stop();
  const cpu = from && to ? Watch.cpuPercent(from, to) : Number.NaN;
  return { readers, calm, arrival, beside, ...facts, cpu, pulled, settled, watch, before, came, after };
}

/** All buffers on the way are filled: from then on no more is written than is read. */
async function isFull(mockOrigin: string): Promise<void> {
  let before = (await readMock(mockOrigin)).events;
  await until(async () => {
    await sleep(1_000);
    const { events } = await readMock(mockOrigin);
    const moved = events - before;
    before = events;
    return moved < FILLING_EVENTS_PER_SECOND;
  }, FULL_WITHIN_MS);
}

function others(place: Place, seconds: number): Promise<readonly CallResult[]> {
  return othersUntil(place, () => sleep(seconds * 1000));
}

/** Short questions at a steady rate, every second one streamed. */
async function othersUntil(place: Place, over: () => Promise<void>): Promise<readonly CallResult[]> {
  const load = new OpenLoad({
    ...{ origin: place.origin, rate: OTHERS_PER_SECOND },
    request: (index) => chatRequest(place, { model: 'mock-instant', stream: index % 2 === 0, session: `other-${index % 50}` }),
  });
  await over();
  return load.stop();
}

function findingsOf(through: Outcome, past: Outcome): Findings {
  const growth = growthMb(through) / through.readers.length;
  const { watch, came = 0 } = through;
  const seen = watch?.seen ?? [];
  return {
    checks: checksOf(through, past, growth),
    figures: figuresOf(through, past, growth),
    charts: [
      {
        ...{ title: 'Memory of the gateway with slow readers', kind: 'line' },
        ...{ x: { label: 'time', unit: 's' }, y: { label: 'memory (PSS)', unit: 'MB' } },
        series: [{ name: 'gateway', points: pointsOf(seen, pssMb) }],
        marks: [{ label: 'slow readers', from: came, to: through.settled }],
      },
    ],
    notes: [
      `Each slow reader takes ${BYTES_PER_SECOND / 1024} KB a second of an answer of ${ANSWER_MB} MB: without back-pressure the gateway would hold ${through.readers.length * ANSWER_MB} MB.`,
      'Past the gateway the same slow readers sit at the mock, which stops writing for each at 256 KB.',
    ],
  };
}

function checksOf(through: Outcome, past: Outcome, growth: number): Check[] {
  const lost = failed([...through.calm, ...through.arrival, ...through.beside]);
  return [
    exactly('requests of the others that failed', lost.length, 0, '', tellEndings(lost)),
    atLeast('requests of the others that were answered', through.beside.length, 1),
    exactly('slow readers that were served', through.status200, through.readers.length),
    exactly('slow readers that were cut', through.endedEarly, 0, '', 'one that takes something now and then is no dead one'),
    atMost(
      'taken from the upstream for one slow reader',
      through.pulled,
      0.75 * ANSWER_MB,
      'MB',
      'back-pressure must reach the upstream',
    ),
    atMost('memory for one slow reader', growth, 2, 'MB', `its answer has ${ANSWER_MB} MB`),
    ...([50, 95] as const).map((percent) => othersAtMost(percent, through, past)),
  ];
}

/** What a busy machine adds to a percentile, milliseconds; while all buffers are being filled it is seconds. */
const NOISE_MS = { 50: 50, 95: 500 } as const;

function othersAtMost(percent: 50 | 95, through: Outcome, past: Outcome): Check {
  const of = (results: readonly CallResult[]): number => quantile(times(results), percent / 100);
  const limit = 5 * Math.max(of(through.calm), of(past.beside)) + NOISE_MS[percent];
  const hint = `five times that without them, and ${NOISE_MS[percent]} ms`;
  return atMost(`the others' P${percent} beside them`, of(through.beside), limit, 'ms', hint);
}

function figuresOf(through: Outcome, past: Outcome, growth: number): Figure[] {
  const lower = { better: 'lower' } as const;
  return [
    figure('slow_readers', 'slow readers', '', 'gateway', through.readers.length),
    figure('memory_each', 'memory for one slow reader (PSS)', 'MB', 'gateway', growth, lower),
    figure('pulled', 'taken from the upstream for one slow reader', 'MB', 'gateway', through.pulled, lower),
    figure('pulled', 'taken from the upstream for one slow reader', 'MB', 'direct', past.pulled),
    figure('memory_after', 'memory after they left, more than before (PSS)', 'MB', 'gateway', leftMb(through), lower),
    figure('cpu', 'CPU beside them, of one core', '%', 'gateway', through.cpu, lower),
    figure('received', 'bytes that they took', 'MB', 'gateway', through.received / 2 ** 20),
    ...latencyFigures('calm', 'the others, without them', 'gateway', times(through.calm)),
    ...latencyFigures('arrival', 'the others, while the slow ones come', 'gateway', times(through.arrival)),
    ...latencyFigures('beside', 'the others, beside them', 'gateway', times(through.beside)),
    ...latencyFigures('calm', 'the others, without them', 'direct', times(past.calm)),
    ...latencyFigures('arrival', 'the others, while the slow ones come', 'direct', times(past.arrival)),
    ...latencyFigures('beside', 'the others, beside them', 'direct', times(past.beside)),
  ];
}

function growthMb({ watch, before, came = 0 }: Outcome): number {
  const seen = watch?.between(came, Number.POSITIVE_INFINITY) ?? [];
  return before && seen.length > 0 ? peak(seen, pssMb) - pssMb(before) : Number.NaN;
}

function leftMb({ before, after }: Outcome): number {
  return before && after ? pssMb(after) - pssMb(before) : Number.NaN;
}
