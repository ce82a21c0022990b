/** Prompts of 100 KB to 1 MB, streamed and not, each asked through the gateway and past it in turn; health meanwhile. */
import { median } from '../bars/statistics.js';
import { resetMock } from '../engine/mock-control.js';
import { HealthProbe } from '../faults/client/health-probe.js';
import { atMost, exactly } from '../thresholds/checks.js';
import type { Chart, Check, Figure, Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { type CallRequest, type CallResult, failed, tellEndings } from './tools/caller.js';
import { closedLoop, inTurn } from './tools/closed-loop.js';
import { figure, latencyFigures, times } from './tools/figures.js';
import { lastRequests } from './tools/mock-journal.js';
import { chatRequest, type Place } from './tools/requests.js';
import { peak, pssMb, Watch } from './tools/watch.js';

const KB = 1024;
const SIZES = [100 * KB, 300 * KB, 1024 * KB];
const PACES = { quick: { count: 12, loopSeconds: 3 }, full: { count: 200, loopSeconds: 60 } };
/** As many at a time as keep the whole machine busy. */
const CALLERS = 8;

export const largePrompts: Scenario = {
  name: 'large-prompts',
  title: 'prompts of 100 KB to 1 MB, streamed and not, through the gateway and past it',
  source: 'resilience: large prompts',
  seconds: { quick: 20, full: 180 },
  run: largePromptsOn,
};

/** One size, streamed or not, at both places. */
interface Cell {
  readonly size: number;
  readonly stream: boolean;
  readonly through: readonly CallResult[];
  readonly past: readonly CallResult[];
}

async function largePromptsOn(stage: Stage): Promise<Findings> {
  const pace = PACES[stage.pace];
  const mock = await stage.startMock({ maxConcurrent: 1_000, args: ['--body-limit', '4mb'] });
  const gateway = await stage.startTarget('cluster', { mockUrl: mock.origin, credentials: 20 });
  const place = { origin: gateway.url, key: gateway.keys[0] ?? '' };
  const direct = { origin: mock.origin, key: 'sk-load-1' };
  const cells: Cell[] = [];
  for (const size of SIZES)
    for (const stream of [false, true]) {
      stage.say(`${size / KB} KB${stream ? ', streamed' : ''}`);
      const asked = [place, direct].map((one) => ({ origin: one.origin, request: (n: number) => large(one, size, stream, n) }));
      const [through = [], past = []] = await inTurn(asked, { warmUp: 2, count: pace.count });
      cells.push({ size, stream, through, past });
      stage.progress(cells.length / 8);
    }
  await resetMock(mock.origin);
  const watch = new Watch(gateway.pids().slice(0, 1));
  const probe = new HealthProbe(gateway.url);
  const loop = await closedLoop({
    ...{ origin: place.origin, callers: CALLERS, seconds: pace.loopSeconds },
    request: (index) => large(place, SIZES.at(-1) ?? KB, index % 2 === 0, index),
  });
  const health = await probe.longest();
  await probe.end();
  watch.stop();
  const wrongSize = await countChanged(mock.origin, place);
  return {
    checks: checksOf(cells, loop.results, wrongSize, health),
    figures: [...cells.flatMap(cellFigures), ...loopFigures(loop.perSecond, health, peak(watch.seen, pssMb))],
    charts: [chartOf(cells)],
    notes: [`${CALLERS} callers send 1 MB at a time while health is asked from a thread of its own.`],
  };
}

function large(place: Place, size: number, stream: boolean, index: number): CallRequest {
  const prompt = 'the tide comes in at four. '.repeat(Math.ceil(size / 27)).slice(0, size);
  return chatRequest(place, { model: 'mock-instant', stream, session: `large-${index % 40}`, prompt });
}

/** Bodies that came to the mock longer or shorter than they were sent. */
async function countChanged(mockOrigin: string, place: Place): Promise<{ seen: number; changed: number }> {
  const sizes = new Set(
    [false, true].map((stream) => {
      const { bytes } = large(place, SIZES.at(-1) ?? KB, stream, 0);
      return bytes.length - bytes.indexOf('\r\n\r\n') - 4;
    }),
  );
  const seen = await lastRequests(mockOrigin);
  return { seen: seen.length, changed: seen.filter(({ bodyBytes }) => !sizes.has(bodyBytes)).length };
}

function checksOf(
  cells: readonly Cell[],
  loop: readonly CallResult[],
  { seen, changed }: { seen: number; changed: number },
  health: number,
): Check[] {
  const lost = failed([...cells.flatMap(({ through }) => through), ...loop]);
  const control = failed(cells.flatMap(({ past }) => past));
  return [
    exactly('requests that failed', lost.length, 0, '', tellEndings(lost)),
    exactly('requests of the control that failed', control.length, 0, '', tellEndings(control)),
    exactly(`of ${seen} bodies, those that came to the mock with another length`, seen === 0 ? Number.NaN : changed, 0),
    ...cells
      .filter(({ size }) => size === SIZES.at(-1))
      .map(({ stream, through, past }) =>
        atMost(`1 MB${stream ? ', streamed' : ''}: P50 over the control's`, added(through, past), 100, 'ms'),
      ),
    atMost('longest wait for /health meanwhile', health, 2_000, 'ms', 'large bodies must not hold the event loop'),
  ];
}

function added(through: readonly CallResult[], past: readonly CallResult[]): number {
  return median(times(through)) - median(times(past));
}

function cellFigures({ size, stream, through, past }: Cell): Figure[] {
  const name = `kb${size / KB}_${stream ? 'stream' : 'whole'}`;
  const label = `${size / KB} KB${stream ? ', streamed' : ''}`;
  return [
    ...latencyFigures(name, label, 'gateway', times(through)),
    ...latencyFigures(name, label, 'direct', times(past)),
    figure(`${name}_added`, `${label}: added by the gateway, P50`, 'ms', 'gateway', added(through, past), { better: 'lower' }),
  ];
}

function loopFigures(perSecond: number, health: number, memory: number): Figure[] {
  return [
    figure('mb_per_second', `MB of prompts a second, ${CALLERS} callers`, 'MB', 'gateway', perSecond, { better: 'higher' }),
    figure('health_longest', 'longest wait for /health meanwhile', 'ms', 'gateway', health, { better: 'lower' }),
    figure('memory_peak', 'peak memory (PSS)', 'MB', 'gateway', memory, { better: 'lower' }),
  ];
}

function chartOf(cells: readonly Cell[]): Chart {
  const points = (read: (cell: Cell) => readonly CallResult[]): [number, number][] =>
    cells.map((cell, index) => [index, median(times(read(cell)))]);
  return {
    ...{ title: 'Large prompts, P50', kind: 'bar', x: { label: 'prompt' }, y: { label: 'latency P50', unit: 'ms' } },
    names: cells.map(({ size, stream }) => `${size / KB} KB${stream ? ', streamed' : ''}`),
    series: [
      { name: 'gateway', points: points(({ through }) => through) },
      { name: 'direct', points: points(({ past }) => past) },
    ],
  };
}
