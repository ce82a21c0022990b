/** R: hours under everything at once, with seeded chance: the mix of requests, faults of upstreams, clients that leave, processes and Redis that die. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { signal } from '../children.js';
import { ask } from '../client/ask.js';
import { atMost, equal, ok, round } from '../expect.js';
import { type ModelWish, modelsFor } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import { type Census, growths, memorySlopes, middle, sum, takeCensus, tellCensus } from '../long-run/census.js';
import { Chance } from '../long-run/random.js';
import { type Asked, type Ended, inLanes, SteadyLoad } from '../long-run/steady-load.js';
import { wayIn } from '../process/ways-in.js';
import { type RedisProcess, startRedis } from '../redis/redis-process.js';
import { type FaultRow, type Finding, pass } from '../row.js';
import type { Call } from '../wall/call.js';

const SEED = 20_261_121;
const CREDENTIALS = 8;
/** Share of the knee. */
const SHARE = 0.6;
const MOST_RATE = 300;
/** MB that a process may hold more of at the end than after its warm-up, everything collectable collected. */
const MOST_GROWTH = 3;
/** MB an hour and process, once a run is long enough to tell so little from noise. */
const MOST_SLOPE = 1;
const SLOPE_MINUTES = 90;
const TELLING_MINUTES = 20;
/** Sockets and descriptors swing with the requests in flight and with idle connections that come and go. */
const MOST_SOCKETS = 40;
/** Much shorter than the run: sessions that stay for an hour would look like a leak for an hour. */
const SESSION_TTL = '1m';
/** What was in flight with a worker at the moment of its death ends with it. */
const AROUND_DEATH_MS = 1_500;

/** Each form over its own, and two pairs converted. */
function soakModels(id: string): ModelWish[] {
  const own = modelsFor(id, { credentials: CREDENTIALS, fallback: true });
  const crossed = [
    { model: `${id}-chat-over-messages`, places: [{ upstream: `${id}-messages-a`, form: 'messages', credentials: CREDENTIALS }] },
    { model: `${id}-messages-over-chat`, places: [{ upstream: `${id}-chat-a`, form: 'chat', credentials: CREDENTIALS }] },
  ] as const;
  return [...own, ...crossed];
}

/** One request of the mix. */
function chooseAsked(id: string, chance: Chance): Asked {
  const [form, model] = chance.pick([
    ['chat', `${id}-chat`],
    ['messages', `${id}-messages`],
    ['responses', `${id}-responses`],
    ['chat', `${id}-chat-over-messages`],
    ['messages', `${id}-messages-over-chat`],
  ] as const);
  return {
    ...{ form, model, stream: chance.happens(0.5), patience: 60_000 },
    ...(chance.happens(0.5) && { session: `${id}-${Math.floor(chance.next() * 500)}` }),
    ...(chance.happens(0.04) && { leavesAfter: 1 + chance.next() * 150 }),
  };
}

/** Mostly healthy; now and then each of the faults that upstreams have. */
function faultyAnswer(chance: Chance): (call: Call) => void | Promise<void> {
  return async (call) => {
    const dice = chance.next();
    if (dice < 0.01) return call.error(429, {}, 'retry-after: 1');
    if (dice < 0.02) return call.error(500);
    if (dice < 0.025) return call.hangUp('reset');
    if (dice < 0.035 && call.streamed) return cutHalfway(call);
    if (dice < 0.045) await sleep(500);
    await call.healthy({ pause: dice < 0.5 ? 10 : 0 });
  };
}

function cutHalfway(call: Call): void {
  const script = call.openStream();
  call.chunk(script.opening() + script.tokens(20));
  call.hangUp('fin');
}

interface Strike {
  readonly name: string;
  run(): Promise<void>;
}

/** What strikes the gateway itself, in shuffled rounds. The youngest worker dies, so that the others' memory can be followed. */
function strikes(gateway: GatewayProcess, redis: RedisProcess, deaths: number[]): Strike[] {
  const quiet = { name: 'nothing', run: async () => {} };
  return [
    {
      name: 'a worker is killed',
      run: async () => {
        deaths.push(performance.now());
        signal(gateway.workers().at(-1), 'SIGKILL');
      },
    },
    {
      name: 'Redis is killed for 3 s',
      run: () =>
        redis
          .kill()
          .then(() => sleep(3_000))
          .then(() => redis.restart()),
    },
    {
      name: 'Redis freezes for 3 s',
      run: async () => {
        redis.freeze();
        await sleep(3_000);
        redis.thaw();
      },
    },
    { name: 'reload', run: async () => void signal(gateway.pid, 'SIGHUP') },
    ...[quiet, quiet],
  ];
}

/** Requests a second that closed loops get through. */
async function findKnee(origin: string, choose: () => Asked): Promise<number> {
  const until = performance.now() + 4_000;
  let count = 0;
  await inLanes(Number.POSITIVE_INFINITY, 16, async () => {
    if (performance.now() > until) throw new Error('over');
    await ask(origin, { ...choose(), text: null });
    count++;
  }).catch(() => {});
  return count / 4;
}

interface SoakState {
  readonly odd: string[];
  readonly deaths: number[];
  killed: number;
}

/** An ending that nothing explains is a fault of the gateway's. */
function judge({ answer, wish, askedAt }: Ended, state: SoakState): void {
  const { outcome, status } = answer;
  if (outcome === 'complete' || (outcome === 'in-band-error' && wish.stream)) return;
  if (outcome === 'error' && [429, 500, 502, 503, 504, 529].includes(status)) return;
  const endedAt = askedAt + answer.totalMs;
  const died = state.deaths.some((at) => askedAt <= at + AROUND_DEATH_MS && endedAt >= at - 100);
  if (died && (outcome === 'cut' || outcome === 'no-answer')) {
    state.killed++;
    return;
  }
  if (state.odd.length < 20)
    state.odd.push(`${wish.model} ${wish.stream ? 'stream' : 'whole'}: ${outcome} ${status} ${answer.fault ?? ''}`);
}

async function soak(bench: Bench, id: string, defaultMinutes: number): Promise<Finding> {
  const minutes = bench.site.minutes ?? defaultMinutes;
  const chance = new Chance(SEED);
  const redis = await startRedis();
  bench.onEnd(() => redis.kill());
  const config = { store: { url: redis.url }, retry: { budgetPercent: 20 }, sticky: { ttl: SESSION_TTL } };
  const gateway = await bench.startGateway({ models: soakModels(id), config }, { env: wayIn(bench, 'collect', '--expose-gc') });
  const choose = (): Asked => chooseAsked(id, chance);
  const knee = await findKnee(gateway.origin, () => ({ ...choose(), leavesAfter: undefined }));
  const rate = Math.max(5, Math.min(MOST_RATE, SHARE * knee));
  for (const form of ['chat', 'messages', 'responses']) bench.wall.on(`${id}-${form}-a`, faultyAnswer(chance));
  const state: SoakState = { odd: [], deaths: [], killed: 0 };
  const load = new SteadyLoad(gateway.origin, rate, choose, (ended) => judge(ended, state));
  const { series, p99s } = await watch({
    bench,
    id,
    minutes,
    gateway,
    load,
    strikes: strikes(gateway, redis, state.deaths),
    chance,
  });
  await load.stop();
  equal(state.odd, [], 'endings that nothing explains');
  return verdict({ minutes, rate, knee, series, p99s, load, state });
}

interface Watch {
  readonly bench: Bench;
  readonly id: string;
  readonly minutes: number;
  readonly gateway: GatewayProcess;
  readonly load: SteadyLoad;
  readonly strikes: readonly Strike[];
  readonly chance: Chance;
}

/** A census and a line each minute, a strike each tenth of the time or every three minutes. */
async function watch({
  bench,
  id,
  minutes,
  gateway,
  load,
  strikes,
  chance,
}: Watch): Promise<{ series: Census[]; p99s: number[] }> {
  const series: Census[] = [];
  const p99s: number[] = [];
  const end = performance.now() + minutes * 60_000;
  const look = Math.min(60_000, (minutes * 60_000) / 6);
  const beat = Math.min(180_000, (minutes * 60_000) / 8);
  let nextStrike = performance.now() + beat;
  let nextLook = performance.now() + look;
  let round: Strike[] = [];
  while (performance.now() < end) {
    await sleep(Math.max(10, Math.min(nextStrike, nextLook, end) - performance.now()));
    if (performance.now() >= nextStrike) {
      if (round.length === 0) round = chance.shuffled(strikes);
      const strike = round.shift() as Strike;
      if (strike.name !== 'nothing') console.log(`  ${id} ${strike.name}`);
      await strike.run();
      nextStrike += beat;
    }
    if (performance.now() >= nextLook) {
      const census = await collected(gateway);
      series.push(census);
      const [p50 = 0, p99 = 0] = load.takeTimes(0.5, 0.99);
      p99s.push(p99);
      console.log(
        `  ${id} minute ${((series.length * look) / 60_000).toFixed(1)}: ${load.asked} asked, p50 ${round0(p50)}, p99 ${round0(p99)} ms; ${tellCensus(census)}; ${JSON.stringify(load.outcomes)}`,
      );
      nextLook += look;
    }
    for (const form of ['chat', 'messages', 'responses']) bench.wall.forget(`${id}-${form}-*`);
  }
  return { series, p99s };
}

/** What is held, not what waits to be collected. */
async function collected(gateway: GatewayProcess): Promise<Census> {
  for (const pid of [gateway.pid, ...gateway.workers()]) signal(pid, 'SIGWINCH');
  await sleep(500);
  return takeCensus(gateway);
}

function round0(value: number): number {
  return Math.round(value);
}

interface Soaked {
  readonly minutes: number;
  readonly rate: number;
  readonly knee: number;
  readonly series: readonly Census[];
  readonly p99s: readonly number[];
  readonly load: SteadyLoad;
  readonly state: SoakState;
}

function verdict({ minutes, rate, knee, series, p99s, load, state }: Soaked): Finding {
  const { outcomes } = load;
  const share = (outcomes.error ?? 0) / Math.max(1, load.asked);
  atMost(share * 100, 2, 'percent of requests answered by an error');
  const slopes = memorySlopes(series);
  const grown = growths(series);
  if (minutes >= TELLING_MINUTES) judgeGrowth(minutes, series);
  // Ten strikes and more in each tenth of the run, or the p99 tells of which strikes fell into it.
  if (minutes >= SLOPE_MINUTES) judgeTimes(p99s);
  const last = series.at(-1);
  ok(last !== undefined, 'a census');
  const told = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
  return pass(
    minutes >= TELLING_MINUTES ? 'nothing unexplained, memory flat' : 'nothing unexplained (too short to judge memory)',
    {
      ...{ minutes, 'knee/s': round(knee), 'rate/s': round(rate), asked: load.asked, endings: told.join('/') },
      ...{ 'worker deaths': state.deaths.length, 'ended with them': state.killed },
      'MB grown a process': grown.map((each) => round(each.pss)).join('/'),
      'MB/h a process': slopes.map(({ slope }) => round(slope)).join('/'),
      'sockets grown': grown.reduce((total, each) => total + each.sockets, 0),
      'PSS MB at the end': Math.round(sum(last, 'pss')),
      ...{ 'heap MB': Math.round(last.heap), 'external MB': Math.round(last.external) },
      'p99 ms first/last': `${round0(p99s[0] ?? 0)}/${round0(p99s.at(-1) ?? 0)}`,
    },
  );
}

function judgeGrowth(minutes: number, series: readonly Census[]): void {
  const grown = growths(series);
  atMost(Math.max(0, ...grown.map(({ pss }) => pss)), MOST_GROWTH, 'MB that a process grew after its warm-up');
  const more = (of: 'sockets' | 'descriptors') => grown.reduce((total, each) => total + each[of], 0);
  atMost(more('sockets'), MOST_SOCKETS, 'sockets more than after the warm-up');
  atMost(more('descriptors'), MOST_SOCKETS, 'descriptors more than after the warm-up');
  const steepest = Math.max(0, ...memorySlopes(series).map(({ slope }) => slope));
  if (minutes >= SLOPE_MINUTES) atMost(steepest, MOST_SLOPE, 'MB an hour that a process grew after its warm-up');
}

function judgeTimes(p99s: readonly number[]): void {
  const tenth = Math.max(1, Math.floor(p99s.length / 10));
  atMost(middle(p99s.slice(-tenth)), 1.5 * middle(p99s.slice(tenth, 2 * tenth)), 'p99 ms at the end, beside the begin');
}

const COMMON = { length: 'long', needs: ['own-gateway', 'redis', 'linux'], alone: true, boundSeconds: 30 * 3600 } as const;

export const SOAK_ROWS: readonly FaultRow[] = [
  {
    id: 'R1',
    title: 'two hours at 60 % of the knee, with faults (--minutes)',
    promise:
      'Every ending is explained; memory (3 MB in 20 minutes and more, 1 MB an hour in 90 and more), sockets and descriptors of a process do not grow after its warm-up.',
    ...COMMON,
    run: (bench) => soak(bench, 'r1', 120),
  },
  {
    id: 'R5',
    title: '24 hours of the same (--minutes)',
    promise: 'No hang, no wrong content, no restart that was not injected.',
    ...COMMON,
    run: (bench) => soak(bench, 'r5', 24 * 60),
  },
];
