/** Seed 002, 5: what translating between the OpenAI and the Anthropic dialect adds, both ways, streamed and not, beside cells that translate nothing. */

import { median } from '../bars/statistics.js';
import { sectionsOf } from '../configs/kinds.js';
import { resetMock } from '../engine/mock-control.js';
import { atMost, exactly, holds } from '../thresholds/checks.js';
import type { Chart, Check, Figure, Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { type CallResult, failed, tellEndings } from './tools/caller.js';
import { inTurn } from './tools/closed-loop.js';
import { figure, latencyFigures, times } from './tools/figures.js';
import { type JournalLine, readBooks, readJournal } from './tools/mock-books.js';
import { type Pair, startPair } from './tools/pair.js';
import { chatRequest, messagesRequest } from './tools/requests.js';
import { proveTranslation } from './tools/translation-proof.js';

const PACES = { quick: { warmUp: 100, count: 500 }, full: { warmUp: 500, count: 8_000 } };
const SESSIONS = 20;
/** Paths of the mock by the model's name there; what arrives elsewhere was not translated. */
const PATHS: Readonly<Record<string, string>> = { 'gpt-load': '/v1/chat/completions', 'claude-load': '/v1/messages' };

type Dialect = 'openai' | 'anthropic';

/** A client of one dialect before an upstream of one; `direct`: the control, of the client's own dialect. */
interface Cell {
  readonly client: Dialect;
  readonly upstream: Dialect | 'direct';
  readonly stream: boolean;
}

const CELLS: readonly Cell[] = ([false, true] as const).flatMap((stream) =>
  (['openai', 'anthropic'] as const).flatMap((client) =>
    (['direct', 'openai', 'anthropic'] as const).map((upstream) => ({ client, upstream, stream })),
  ),
);

export const conversionOverhead: Scenario = {
  name: 'conversion-overhead',
  number: '5',
  title: 'OpenAI client to Anthropic upstream and back, beside cells of one dialect, streamed and not',
  source: 'seed 002, scenario 5',
  seconds: { quick: 25, full: 220 },
  run: runConversionOverhead,
};

async function runConversionOverhead(stage: Stage): Promise<Findings> {
  // A model that is not the mock's own name does what the profile says: the names tell the upstreams apart.
  const pair = await startPair(stage, {
    mockArgs: ['--profile', 'instant'],
    config: (url) => ({ ...sectionsOf('protocols', { mocks: [url], instances: 1, credentials: SESSIONS }) }),
  });
  const proofs = await proveTranslation(pair.places.gateway);
  await resetMock(pair.mock.origin);
  const pace = PACES[stage.pace];
  stage.say(`${pace.count} turns over ${CELLS.length} cells`);
  const results = await inTurn(
    CELLS.map((cell) => ({ origin: placeOf(pair, cell).origin, request: (index) => requestOf(pair, cell, index) })),
    { ...pace, interrupt: stage.interrupt },
  );
  const books = await readBooks(pair.mock.origin);
  const journal = await readJournal(pair.mock.origin);
  const sent = (pace.warmUp + pace.count) * CELLS.length;
  const lost = results.flatMap(failed);
  return {
    checks: [
      exactly('requests that failed', lost.length, 0, '', tellEndings(lost)),
      exactly('requests that the mock counted', books.requests, sent),
      ...proofs,
      arrivedTranslated(journal),
      ...CELLS.flatMap((cell, index) => overheadCheck(cell, index, results)),
    ],
    figures: CELLS.flatMap((cell, index) => figuresOf(cell, index, results)),
    charts: [overheadChart(results)],
    notes: [
      'Overhead: request by request, the translated answer less the untranslated one to the same client; the median of the differences.',
      'The published 78.54 µs are the difference of two mocks that were asked past any gateway: nothing was translated there.',
    ],
  };
}

function placeOf({ places }: Pair, { upstream }: Cell) {
  return upstream === 'direct' ? places.direct : places.gateway;
}

/** The model decides the upstream. */
function requestOf(pair: Pair, cell: Cell, index: number) {
  const { client, upstream, stream } = cell;
  const dialect = upstream === 'direct' ? client : upstream;
  const wish = { model: dialect === 'openai' ? 'gpt-load' : 'claude-load', stream, session: `conversion-${index % SESSIONS}` };
  return client === 'openai' ? chatRequest(placeOf(pair, cell), wish) : messagesRequest(placeOf(pair, cell), wish);
}

/** Of the last requests that the mock remembers, every one stood at its upstream's own path. */
function arrivedTranslated(journal: readonly JournalLine[]): Check {
  const astray = journal.filter(({ model, path }) => PATHS[model] !== path);
  const words = `${journal.length - astray.length} of ${journal.length}`;
  return holds(
    'requests at the mock that stand in their upstream’s dialect: all',
    astray.length === 0 && journal.length > 0,
    words,
  );
}

/** Milliseconds that translation added, turn by turn; undefined for a cell that translates nothing. */
function overheadOf(
  { client, upstream, stream }: Cell,
  index: number,
  results: readonly (readonly CallResult[])[],
): number | undefined {
  if (upstream === 'direct' || upstream === client) return undefined;
  const plain = CELLS.findIndex((cell) => cell.client === client && cell.upstream === client && cell.stream === stream);
  return median((results[index] ?? []).map(({ ms }, turn) => ms - (results[plain]?.[turn]?.ms ?? Number.NaN)));
}

function overheadCheck(cell: Cell, index: number, results: readonly (readonly CallResult[])[]): Check[] {
  const overhead = overheadOf(cell, index, results);
  if (overhead === undefined) return [];
  return [
    atMost(`${labelOf(cell)}: added by translation, P50`, overhead, cell.stream ? 5 : 2, 'ms', "2 ms is the seed's own goal"),
  ];
}

function figuresOf(cell: Cell, index: number, results: readonly (readonly CallResult[])[]): Figure[] {
  const overhead = overheadOf(cell, index, results);
  const name = `${cell.client}_to_${cell.upstream}${cell.stream ? '_stream' : ''}`;
  const where = cell.upstream === 'direct' ? 'direct' : 'gateway';
  const latency = latencyFigures(name, labelOf(cell), where, times(results[index] ?? []), publishedLatency(cell));
  if (overhead === undefined) return latency;
  const added = figure(`${name}_overhead`, `${labelOf(cell)}: added by translation, P50`, 'us', where, overhead * 1000, {
    ...{ better: 'lower', ...(!cell.stream && { published: '78.54 µs' }) },
  });
  return [added, ...latency];
}

function publishedLatency({ client, upstream, stream }: Cell): string[] {
  if (stream || client !== 'openai') return [];
  if (upstream === 'openai') return ['7.30 ms', '–', '8.14 ms'];
  return upstream === 'anthropic' ? ['7.38 ms', '–', '9.81 ms'] : [];
}

function labelOf({ client, upstream, stream }: Cell): string {
  const way = upstream === 'direct' ? `${client} client at the mock` : `${client} client → ${upstream} upstream`;
  return `${way}${stream ? ', streamed' : ''}`;
}

function overheadChart(results: readonly (readonly CallResult[])[]): Chart {
  const translated = CELLS.map((cell, index) => ({ cell, overhead: overheadOf(cell, index, results) })).filter(
    ({ overhead }) => overhead !== undefined,
  );
  return {
    ...{ title: 'Added by translation', kind: 'bar', names: translated.map(({ cell }) => labelOf(cell)) },
    ...{ x: { label: 'cell' }, y: { label: 'median difference', unit: 'us' } },
    series: [{ name: 'added', points: translated.map(({ overhead = 0 }, index) => [index, overhead * 1000]) }],
  };
}
