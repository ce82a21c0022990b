/** Seed 002, 1B: one request after another. Theirs went to the mock alone; here turn by turn to the mock and through the gateway. */
import { median, quantile } from '../bars/statistics.js';
import { readMock, resetMock } from '../engine/mock-control.js';
import { atMost, exactly } from '../thresholds/checks.js';
import type { Check, Figure, Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { type CallResult, failed, tellEndings } from './tools/caller.js';
import { inTurn } from './tools/closed-loop.js';
import { figure, latencyFigures, times } from './tools/figures.js';
import { startPair } from './tools/pair.js';
import { chatRequest } from './tools/requests.js';

const PACES = { quick: { warmUp: 100, count: 900 }, full: { warmUp: 1_000, count: 20_000 } };
const SESSIONS = 20;
const PUBLISHED_LATENCY = ['1.66 ms', '–', '2.03 ms'];

export const mockBaseline: Scenario = {
  name: 'mock-baseline',
  number: '1b',
  title: 'one request after another, through the gateway and past it: what the gateway adds',
  source: 'seed 002, scenario 1B',
  seconds: { quick: 8, full: 70 },
  run: runMockBaseline,
};

async function runMockBaseline(stage: Stage): Promise<Findings> {
  const { mock, places } = await startPair(stage);
  await resetMock(mock.origin);
  const pace = PACES[stage.pace];
  const asked = [places.direct, places.gateway].map((place) => ({
    origin: place.origin,
    request: (index: number) =>
      chatRequest(place, { model: 'mock-instant', stream: false, session: `baseline-${index % SESSIONS}` }),
  }));
  const [direct = [], gateway = []] = await inTurn(asked, { ...pace, interrupt: stage.interrupt });
  const counted = await readMock(mock.origin);
  const sent = 2 * (pace.warmUp + pace.count);
  return {
    checks: [exactly('requests that the mock counted', counted.requests, sent), ...checksOf(direct, gateway)],
    figures: [...figuresOf('direct', direct), ...figuresOf('gateway', gateway), addedFigure(direct, gateway)],
    notes: [
      'The published figures are of the mock alone, asked by a Rust client that takes no turns with another one: our direct column stands beside them.',
    ],
  };
}

function checksOf(direct: readonly CallResult[], gateway: readonly CallResult[]): Check[] {
  const lost = [...failed(direct), ...failed(gateway)];
  const past = quantile(times(direct), 0.99);
  return [
    exactly('requests that failed', lost.length, 0, '', tellEndings(lost)),
    atMost('latency P50 over that past the gateway', median(times(gateway)) / median(times(direct)), 8, 'x'),
    // The seed's own goal is 10 ms; what disturbs the machine disturbs both.
    atMost('latency P99 over three times that past the gateway', quantile(times(gateway), 0.99) - 3 * past, 10, 'ms'),
  ];
}

function figuresOf(where: string, results: readonly CallResult[]): Figure[] {
  const seconds = results.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  const published = where === 'direct' ? { published: '517.37' } : {};
  return [
    ...latencyFigures('latency', 'latency', where, times(results), where === 'direct' ? PUBLISHED_LATENCY : []),
    figure('rate', 'requests a second, one at a time', '1/s', where, results.length / seconds, {
      better: 'higher',
      ...published,
    }),
  ];
}

function addedFigure(direct: readonly CallResult[], gateway: readonly CallResult[]): Figure {
  return figure('added_p50', 'added latency P50, request by request', 'ms', 'gateway', addedMedian(direct, gateway), {
    ...{ better: 'lower', published: '< 10 ms (goal; not measured)' },
  });
}

/** Of the differences, and not the difference of the medians: both requests of a turn met the same machine. */
function addedMedian(direct: readonly CallResult[], gateway: readonly CallResult[]): number {
  return median(gateway.map(({ ms }, turn) => ms - (direct[turn]?.ms ?? Number.NaN)));
}
