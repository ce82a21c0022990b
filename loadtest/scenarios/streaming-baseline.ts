/** Seed 002, 2B: one stream after another; time to the first byte and to the last, turn by turn past the gateway and through it. */
import { median } from '../bars/statistics.js';
import { atMost, exactly } from '../thresholds/checks.js';
import type { Figure, Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { type CallResult, failed, tellEndings } from './tools/caller.js';
import { inTurn } from './tools/closed-loop.js';
import { figure, firstBytes, firstTokens, latencyFigures, times } from './tools/figures.js';
import { startPair } from './tools/pair.js';
import { chatRequest } from './tools/requests.js';

/** A tenth of a second: many streams in a short time, paced all the same. */
const MODEL = 'mock-paced-20x5';
const PACES = { quick: { warmUp: 5, count: 50 }, full: { warmUp: 20, count: 400 } };
const SESSIONS = 10;

export const streamingBaseline: Scenario = {
  name: 'streaming-baseline',
  number: '2b',
  title: 'one stream after another, through the gateway and past it: time to the first byte and to the last',
  source: 'seed 002, scenario 2B',
  seconds: { quick: 18, full: 90 },
  run: runStreamingBaseline,
};

async function runStreamingBaseline(stage: Stage): Promise<Findings> {
  const { places } = await startPair(stage);
  const asked = [places.direct, places.gateway].map((place) => ({
    origin: place.origin,
    request: (index: number) => chatRequest(place, { model: MODEL, stream: true, session: `stream-${index % SESSIONS}` }),
  }));
  const [direct = [], gateway = []] = await inTurn(asked, { ...PACES[stage.pace], interrupt: stage.interrupt });
  const lost = [...failed(direct), ...failed(gateway)];
  const addedFirst = added(direct, gateway, (one) => one.firstTokenMs);
  const addedLast = added(direct, gateway, (one) => one.ms);
  return {
    checks: [
      exactly('streams that failed or ended without [DONE]', lost.length, 0, '', tellEndings(lost)),
      atMost(
        'added time to the first token P50, stream by stream',
        addedFirst,
        5,
        'ms',
        'the machine is busy, or the way is long',
      ),
      atMost('added length of a stream P50, stream by stream', addedLast, 10, 'ms', 'events are held up on their way'),
    ],
    figures: [
      ...figuresOf('direct', direct),
      ...figuresOf('gateway', gateway),
      figure('added_ttft_p50', 'added time to the first token P50', 'ms', 'gateway', addedFirst, { better: 'lower' }),
      figure('added_length_p50', 'added length of a stream P50', 'ms', 'gateway', addedLast, { better: 'lower' }),
    ],
    notes: [
      'The published 55 ms are what the mock of then waited before its one write, and no gateway was asked; our mock sends its head at once.',
      'The gateway sends its head with the first token: until then it can still turn to another key. So times to the first token are compared, and those to the first byte are told.',
    ],
  };
}

function figuresOf(where: string, results: readonly CallResult[]): Figure[] {
  return [
    ...latencyFigures('ttfb', 'time to the first byte', where, firstBytes(results), where === 'direct' ? ['55 ms'] : []),
    ...latencyFigures('ttft', 'time to the first token', where, firstTokens(results)),
    ...latencyFigures('latency', 'whole stream (0.1 s at the mock)', where, times(results)),
  ];
}

function added(direct: readonly CallResult[], gateway: readonly CallResult[], read: (one: CallResult) => number): number {
  return median(gateway.map((one, turn) => read(one) - (direct[turn] ? read(direct[turn]) : Number.NaN)));
}
