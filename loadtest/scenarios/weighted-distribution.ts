/** Seed 002, 4: new sessions over instances of 25/50/25 and over 3 × 100 equal keys: exact counts, and the chi-square test beside them. */
import { keyPrefix, sectionsOf, WEIGHTS } from '../configs/kinds.js';
import { resetMock } from '../engine/mock-control.js';
import { seededRandom } from '../engine/random.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import { ALPHA, chiSquare } from '../thresholds/chi-square.js';
import type { Chart, Check, Figure, Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { failed, tellEndings } from './tools/caller.js';
import { countLoop } from './tools/count-loop.js';
import { figure } from './tools/figures.js';
import { readBooks } from './tools/mock-books.js';
import { startPair } from './tools/pair.js';
import { chatRequest, type Place } from './tools/requests.js';

/** New sessions of each part; multiples of the weights' cycle of four and of all keys, so that counts can be exact. */
const SESSIONS = { quick: { instances: 4_000, keys: 3_000 }, full: { instances: 100_000, keys: 90_000 } };
const INSTANCES = 3;
const KEYS = 100;
const ALL_KEYS = INSTANCES * KEYS;
const KEYS_OF_AN_INSTANCE = 5;
const CALLERS = 50;

export const weightedDistribution: Scenario = {
  name: 'weighted-distribution',
  number: '4',
  title: 'new sessions over instances of 25/50/25 percent and over 3 × 100 equal keys, exact over all workers',
  source: 'seed 002, scenario 4',
  seconds: { quick: 22, full: 180 },
  run: runWeightedDistribution,
};

/** What one part counted. */
interface Part {
  readonly name: string;
  readonly label: string;
  /** That were begun. */
  readonly sessions: number;
  readonly counts: readonly number[];
  readonly weights: readonly number[];
  /** Requests that failed, in words. */
  readonly lost: string;
}

async function runWeightedDistribution(stage: Stage): Promise<Findings> {
  const sessions = SESSIONS[stage.pace];
  const { instances, control } = await overInstances(stage, sessions.instances);
  const parts = [instances, await overKeys(stage, sessions.keys)];
  return {
    checks: [...parts.flatMap((part) => checksOf(part)), ...controlChecks(control)],
    figures: [...parts, control].flatMap(figuresOf),
    charts: parts.map(chartOf),
    notes: [
      'Every request is a session of its own: turns of one session are not independent.',
      'Smooth round-robin is nearer to its shares than chance, so exact counts are the test; chi-square stands beside them as the seed asked for it.',
      'The control is a fair draw of an instance for each request, sent past the gateway: what independent choices come to, as the seed meant to choose.',
    ],
  };
}

/** Through the gateway, then past it with a key drawn for each request. */
async function overInstances(stage: Stage, count: number): Promise<{ instances: Part; control: Part }> {
  const { mock, places, gateway } = await startPair(stage, {
    config: (url) => ({ ...sectionsOf('weighted', { mocks: [url], instances: 3, credentials: KEYS_OF_AN_INSTANCE }) }),
  });
  stage.say(`${count} new sessions over instances of ${WEIGHTS.join('/')}`);
  const lost = await ask(stage, () => places.gateway, count, 0);
  const counts = await countInstances(mock.origin);
  await resetMock(mock.origin);
  const random = seededRandom(stage.seed + 1);
  const drawn = (): Place => ({ ...places.direct, key: `${keyPrefix(`instance-${instanceAt(random() * 100)}`)}1` });
  const lostDirect = await ask(stage, drawn, count, 1 / 3);
  const drawnCounts = await countInstances(mock.origin);
  await gateway.stop();
  await mock.stop();
  const [label, weights] = [`${WEIGHTS.join('/')} %`, WEIGHTS];
  return {
    instances: { name: 'instances', label: `instances of ${label}`, sessions: count, counts, weights, lost },
    control: {
      name: 'control',
      label: `a fair draw of ${label}`,
      sessions: count,
      counts: drawnCounts,
      weights,
      lost: lostDirect,
    },
  };
}

async function countInstances(mockOrigin: string): Promise<number[]> {
  const used = Object.entries((await readBooks(mockOrigin)).byKey);
  return WEIGHTS.map((_, instance) => {
    const prefix = keyPrefix(`instance-${instance}`);
    return used.reduce((sum, [key, requests]) => sum + (key.startsWith(prefix) ? requests : 0), 0);
  });
}

async function overKeys(stage: Stage, count: number): Promise<Part> {
  const { mock, places } = await startPair(stage, {
    config: (url) => ({ ...sectionsOf('many', { mocks: [url], instances: INSTANCES, credentials: KEYS }) }),
  });
  stage.say(`${count} new sessions over ${INSTANCES} instances with ${KEYS} keys each`);
  const lost = await ask(stage, () => places.gateway, count, 2 / 3);
  const { byKey } = await readBooks(mock.origin);
  const used = Object.values(byKey);
  const unused = Array.from({ length: Math.max(0, ALL_KEYS - used.length) }, () => 0);
  const label = `${INSTANCES} × ${KEYS} keys of one weight`;
  return { name: 'keys', label, sessions: count, counts: [...used, ...unused], weights: Array(ALL_KEYS).fill(1), lost };
}

async function ask(stage: Stage, place: () => Place, count: number, done: number): Promise<string> {
  const { results } = await countLoop({
    ...{ origin: place().origin, callers: CALLERS, count, interrupt: stage.interrupt },
    request: (index) => chatRequest(place(), { model: 'mock-instant', stream: false, session: `new-${done}-${index}` }),
    onProgress: (share) => stage.progress(done + share / 3),
  });
  const bad = failed(results);
  return bad.length > 0 ? tellEndings(bad) : '';
}

/** Which instance a draw from 0 to 100 means. */
function instanceAt(percent: number): number {
  let left = percent;
  return Math.max(
    0,
    WEIGHTS.findIndex((weight) => {
      left -= weight;
      return left < 0;
    }),
  );
}

function checksOf(part: Part): Check[] {
  const { label, sessions, counts, weights, lost } = part;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const off = counts.map((found, index) => Math.abs(found - ((weights[index] ?? 0) / total) * sessions));
  return [
    exactly(
      `${label}: sessions that came to the mock`,
      counts.reduce((sum, found) => sum + found, 0),
      sessions,
      '',
      lost,
    ),
    atMost(`${label}: farthest count from its exact share`, Math.max(...off), 1),
    atLeast(`${label}: chi-square, probability of such counts`, chiSquare(counts, weights).p, ALPHA),
  ];
}

function controlChecks(control: Part): Check[] {
  return [atLeast('control, a fair draw: chi-square, probability', chiSquare(control.counts, control.weights).p, ALPHA)];
}

function figuresOf({ name, label, counts, weights }: Part): Figure[] {
  const where = name === 'control' ? 'direct' : 'gateway';
  const { statistic, p, largestError } = chiSquare(counts, weights);
  const shares =
    counts.length === WEIGHTS.length
      ? counts.map((count, index) =>
          figure(`${name}_count_${index}`, `${label}: sessions of the ${ordinal(index)}`, '', where, count),
        )
      : [];
  return [
    ...shares,
    figure(`${name}_chi_square`, `${label}: chi-square`, '', where, statistic),
    figure(`${name}_p`, `${label}: probability of counts so far off`, '', where, p, { published: 'not run (5 % tolerance)' }),
    figure(`${name}_error`, `${label}: largest error of a share`, '%', where, 100 * largestError, { better: 'lower' }),
  ];
}

function ordinal(index: number): string {
  return ['first', 'second', 'third'][index] ?? `${index + 1}th`;
}

function chartOf({ label, counts, weights }: Part): Chart {
  const total = counts.reduce((sum, found) => sum + found, 0);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    ...{ title: `Sessions over ${label}`, kind: 'bar', names: counts.map((_, index) => String(index + 1)) },
    ...{ x: { label: counts.length === ALL_KEYS ? 'key' : 'instance' }, y: { label: 'sessions' } },
    series: [
      { name: 'counted', points: counts.map((found, index) => [index, found]) },
      { name: 'exact share', points: weights.map((weight, index) => [index, (weight / whole) * total]) },
    ],
  };
}
