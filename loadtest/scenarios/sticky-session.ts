/** Seed 002, 3: 10,000 requests of many sessions; every session keeps the one key it was given, over all workers, counted at the mock. */
import { quantile } from '../bars/statistics.js';
import { resetMock } from '../engine/mock-control.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Check, Figure, Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { type CallResult, failed, tellEndings } from './tools/caller.js';
import { type CountResult, countLoop } from './tools/count-loop.js';
import { figure, latencyFigures, times } from './tools/figures.js';
import { type MockBooks, readBooks } from './tools/mock-books.js';
import { startPair } from './tools/pair.js';
import { chatRequest, type Place } from './tools/requests.js';

const KEYS = 100;
const TURNS = 20;
const CALLERS = 50;
const SESSIONS = { quick: 500, full: 5_000 };
const PUBLISHED = { latency: ['12.50 ms', '12.75 ms', '13.11 ms'], rate: '80.77', hits: '100 %' };

export const stickySession: Scenario = {
  name: 'sticky-session',
  number: '3',
  title: '10,000 requests of 500 sessions over 100 keys: every session keeps its one key',
  source: 'seed 002, scenario 3',
  seconds: { quick: 20, full: 120 },
  run: runStickySession,
};

async function runStickySession(stage: Stage): Promise<Findings> {
  const { mock, places } = await startPair(stage, { credentials: KEYS });
  const sessions = SESSIONS[stage.pace];
  stage.say(`${sessions * TURNS} requests past the gateway`);
  const direct = await ask(stage, places.direct, sessions);
  await resetMock(mock.origin);
  stage.say(`${sessions * TURNS} requests through the gateway`);
  const gateway = await ask(stage, places.gateway, sessions);
  const books = await readBooks(mock.origin);
  return {
    checks: checksOf(books, direct, gateway, sessions),
    figures: [...figuresOf('direct', direct), ...figuresOf('gateway', gateway), ...stickyFigures(books)],
    notes: [
      `${CALLERS} callers at a time; half of the sessions begin with all their ${TURNS} requests at once, on whichever worker they meet.`,
      'The published run asked the mock itself, one request after another with 12 ms to wait each, and no gateway kept a session.',
    ],
  };
}

function ask(stage: Stage, place: Place, sessions: number): Promise<CountResult> {
  return countLoop({
    ...{ origin: place.origin, callers: CALLERS, count: sessions * TURNS, interrupt: stage.interrupt },
    request: (index) => {
      const session = `sticky-${sessionOf(index, sessions)}`;
      return chatRequest(place, { model: 'mock-instant', stream: false, session, user: session });
    },
    onProgress: (share) => stage.progress((place.key.startsWith('sk-load-') ? 0 : 0.5) + share / 2),
  });
}

/** The first half of the sessions take turns, the second half come one after the other with all they have to ask. */
export function sessionOf(index: number, sessions: number): number {
  const half = sessions / 2;
  const inTurns = half * TURNS;
  return index < inTurns ? index % half : half + Math.floor((index - inTurns) / TURNS);
}

function checksOf(books: MockBooks, direct: CountResult, gateway: CountResult, sessions: number): Check[] {
  const seen = Object.values(books.sessions);
  const lost = [...failed(direct.results), ...failed(gateway.results)];
  const perKey = sessionsPerKey(books);
  return [
    exactly('requests that failed', lost.length, 0, '', tellEndings(lost)),
    exactly('requests that came to the mock', books.requests, sessions * TURNS),
    exactly('sessions that came to the mock', seen.length, sessions),
    exactly(`sessions that came with all their ${TURNS} requests`, seen.filter((one) => one.requests === TURNS).length, sessions),
    exactly('requests that came with another key than their session had', books.sessionKeyChanges, 0),
    exactly('keys in use', perKey.length, KEYS),
    atMost('sessions of the busiest key over those of the idlest', Math.max(...perKey) - Math.min(...perKey), 1),
    atLeast('requests a second over those past the gateway', rate(gateway) / rate(direct), 0.08, 'x', 'both share the machine'),
    atMost('latency P99 over that past the gateway', p99(gateway) / p99(direct), 25, 'x', 'both share the machine'),
  ];
}

function p99({ results }: CountResult): number {
  return quantile(times(results), 0.99);
}

function sessionsPerKey(books: MockBooks): number[] {
  const counts = new Map<string, number>();
  for (const { key } of Object.values(books.sessions)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts.values()];
}

function rate({ results, seconds }: CountResult): number {
  return (results.length - failed(results as CallResult[]).length) / seconds;
}

function figuresOf(where: string, result: CountResult): Figure[] {
  const ours = where === 'gateway';
  return [
    ...latencyFigures('latency', `latency, ${CALLERS} at a time`, where, times(result.results), ours ? PUBLISHED.latency : []),
    figure('rate', 'requests a second', '1/s', where, rate(result), {
      ...{ better: 'higher', ...(ours && { published: PUBLISHED.rate }) },
    }),
  ];
}

function stickyFigures(books: MockBooks): Figure[] {
  const perKey = sessionsPerKey(books);
  const hits = 100 * (1 - books.sessionKeyChanges / Math.max(1, books.requests));
  return [
    figure('hits', "requests that came with their session's key", '%', 'gateway', hits, {
      ...{ better: 'higher', published: PUBLISHED.hits },
    }),
    figure('moved', 'requests that came with another key than their session had', '', 'gateway', books.sessionKeyChanges, {
      better: 'lower',
    }),
    figure('sessions_most', 'sessions of the busiest key', '', 'gateway', Math.max(...perKey)),
    figure('sessions_fewest', 'sessions of the idlest key', '', 'gateway', Math.min(...perKey)),
  ];
}
