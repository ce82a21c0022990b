/** R: what adds up: aborts, failures, sessions, reloads, memory outside the heap, and one stream that goes on and on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { childrenOf, signal } from '../children.js';
import { ask, tell } from '../client/ask.js';
import { atMost, equal, ok, round, until } from '../expect.js';
import { FORMS, type Form, modelsFor } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import { type Census, sum, takeCensus, tellCensus } from '../long-run/census.js';
import { askAndLeave, inLanes } from '../long-run/steady-load.js';
import { wayIn } from '../process/ways-in.js';
import { startRedis } from '../redis/redis-process.js';
import { type FaultRow, pass } from '../row.js';

const COMMON = { length: 'long', needs: ['own-gateway', 'linux'], alone: true, boundSeconds: 6 * 3600 } as const;
const LANES = 40;
/** Memory that a gateway may hold more of than after its warm-up, MB over all processes. */
const MOST_GROWTH = 20;
/** Idle connections to upstreams end by themselves after a while. */
const REST_MS = 6_000;

/** Everything collectable collected, at rest: in a whole run after the minute that idle connections may stay. */
async function atRest(gateway: GatewayProcess, scale: number): Promise<Census> {
  await sleep(Math.max(REST_MS, 60_000 * Math.min(1, scale)));
  for (const pid of [gateway.pid, ...gateway.workers()]) signal(pid, 'SIGWINCH');
  await sleep(1_500);
  return takeCensus(gateway);
}

/** Kinds of what kept the workers' loops alive, as each said last. */
function resourcesOf({ stderr, pid }: GatewayProcess): Record<string, number> {
  const said = new Map<string, string>();
  for (const line of stderr) {
    const match = /^resources (\d+) (\{.*\})$/.exec(line);
    if (match?.[1] && match[2] && match[1] !== String(pid)) said.set(match[1], match[2]);
  }
  const kinds: Record<string, number> = {};
  for (const text of said.values())
    for (const [kind, count] of Object.entries(JSON.parse(text) as Record<string, number>))
      kinds[kind] = (kinds[kind] ?? 0) + count;
  return kinds;
}

interface Repeat {
  readonly id: string;
  readonly count: number;
  task(gateway: GatewayProcess, index: number): Promise<unknown>;
}

/** Warm-up with a tenth, a census, the rest, a census: what did not go back. */
async function repeat(bench: Bench, gateway: GatewayProcess, { id, count, task }: Repeat) {
  const { scale } = bench.site;
  const whole = Math.max(200, Math.round(count * scale));
  const forget = (index: number): void => {
    if (index % 500 === 0) for (const form of FORMS) bench.wall.forget(`${id}-${form}-*`);
  };
  await inLanes(Math.ceil(whole / 5), LANES, (index) => task(gateway, index));
  const before = await atRest(gateway, scale);
  const timersBefore = resourcesOf(gateway).Timeout ?? 0;
  await inLanes(whole, LANES, (index) => {
    forget(index);
    return task(gateway, index);
  });
  const after = await atRest(gateway, scale);
  console.log(`  ${id} before: ${tellCensus(before)}\n  ${id} after:  ${tellCensus(after)}`);
  const grown = sum(after, 'pss') - sum(before, 'pss');
  const more = {
    descriptors: sum(after, 'descriptors') - sum(before, 'descriptors'),
    timers: (resourcesOf(gateway).Timeout ?? 0) - timersBefore,
  };
  atMost(grown, MOST_GROWTH, 'MB more than after the warm-up');
  atMost(more.descriptors, 5, 'descriptors more than after the warm-up');
  atMost(more.timers, 4, 'timers more than after the warm-up');
  equal(gateway.stderr.filter((line) => line.includes('MaxListenersExceeded')).length, 0, 'warnings of too many listeners');
  return {
    times: whole,
    'grown MB': round(grown),
    'PSS MB': Math.round(sum(after, 'pss')),
    'descriptors more': more.descriptors,
    'timers more': more.timers,
  };
}

const COLLECTS = '--expose-gc';

/** Every way to ask: each form over its own upstream, and two converted. */
function everyWay(id: string) {
  const crossed = [
    { model: `${id}-chat-over-messages`, places: [{ upstream: `${id}-messages-a`, form: 'messages' as Form, credentials: 20 }] },
    { model: `${id}-messages-over-chat`, places: [{ upstream: `${id}-chat-a`, form: 'chat' as Form, credentials: 20 }] },
  ];
  const ways = [
    ...FORMS.map((form) => ({ form, model: `${id}-${form}` })),
    { form: 'chat' as Form, model: `${id}-chat-over-messages` },
    { form: 'messages' as Form, model: `${id}-messages-over-chat` },
  ];
  return { models: [...modelsFor(id, { credentials: 20 }), ...crossed], ways };
}

const ABORTS: FaultRow = {
  id: 'R2',
  title: '50,000 streams that their clients leave (--scale)',
  promise: 'Afterwards: memory within 20 MB of the warm-up, descriptors within 5, every upstream request ended.',
  ...COMMON,
  async run(bench) {
    const { models, ways } = everyWay('r2');
    const gateway = await bench.startGateway({ models }, { env: wayIn(bench, 'collect', COLLECTS) });
    for (const form of FORMS) bench.wall.on(`r2-${form}-a`, (call) => call.healthy({ tokens: 40, pause: 15 }));
    const task = (at: GatewayProcess, index: number): Promise<unknown> => {
      const way = ways[index % ways.length] as (typeof ways)[number];
      return askAndLeave(at.origin, { ...way, stream: index % 10 !== 0, text: null, leavesAfter: 5 + (index % 17) * 10 });
    };
    const figures = await repeat(bench, gateway, { id: 'r2', count: 50_000, task });
    const open = bench.wall.calls.filter(({ upstream, outcome }) => upstream.startsWith('r2-') && outcome === 'open').length;
    equal(open, 0, 'upstream requests that go on without a client');
    return pass('all given back', figures);
  },
};

const FAILURES: FaultRow = {
  id: 'R3',
  title: '50,000 requests that fail, time out or end by an error in the stream (--scale)',
  promise: 'Afterwards: memory within 20 MB of the warm-up, descriptors within 5, timers as before, no warning of listeners.',
  ...COMMON,
  async run(bench) {
    const { models, ways } = everyWay('r3');
    const config = { timeouts: { headers: '400ms', firstToken: '400ms', idle: '400ms', total: '3s' } };
    const gateway = await bench.startGateway({ models, config }, { env: wayIn(bench, 'collect', COLLECTS) });
    let call = 0;
    for (const form of FORMS)
      bench.wall.on(`r3-${form}-a`, async (one) => {
        const kind = call++ % 8;
        if (kind === 0) return one.error(400);
        if (kind === 1) return one.error(500);
        if (kind === 2) return one.hangUp('reset');
        if (kind === 3) return sleep(700).then(() => one.hangUp('fin'));
        if (kind === 4) return one.answer(200, '{"no": json');
        if (!one.streamed) return one.error(422);
        const script = one.openStream();
        one.chunk(script.opening() + script.tokens(5));
        if (kind === 5) return one.hangUp('fin');
        if (kind === 6) return one.hangUp('reset');
        await sleep(700);
        one.hangUp('fin');
      });
    let completed = 0;
    const task = async (at: GatewayProcess, index: number): Promise<void> => {
      const way = ways[index % ways.length] as (typeof ways)[number];
      const { outcome } = await ask(at.origin, { ...way, stream: index % 3 !== 0, text: null });
      if (outcome === 'complete') completed++;
    };
    const figures = await repeat(bench, gateway, { id: 'r3', count: 50_000, task });
    return pass('all given back', { ...figures, 'complete all the same': completed });
  },
};

const SESSIONS: FaultRow = {
  id: 'R4',
  title: 'a million sessions and a hundred thousand wrong keys (--scale)',
  promise: 'Tables keep to their bound, Redis too; every key in Redis has a time to live.',
  ...COMMON,
  needs: ['own-gateway', 'redis', 'linux'],
  async run(bench) {
    const { scale } = bench.site;
    const sessions = Math.max(2_000, Math.round(1_000_000 * scale));
    const most = Math.round(sessions / 5);
    const redis = await startRedis();
    bench.onEnd(() => redis.kill());
    const models = modelsFor('r4', { forms: ['chat'], credentials: 20 });
    const config = {
      store: { url: redis.url },
      sticky: { maxSessions: most },
      clients: [{ name: 'app', key: 'sk-client-app-0123456789' }],
    };
    const gateway = await bench.startGateway({ models, config }, { env: wayIn(bench, 'collect', COLLECTS) });
    const one = (session: string, key: string) => ask(gateway.origin, { model: 'r4-chat', session, key });
    const ways = async (count: number, from: number): Promise<void> => {
      await inLanes(count, LANES, async (index) => {
        if (index % 500 === 0) bench.wall.forget('r4-chat-a');
        const answer = await one(`r4-session-${from + index}`, 'sk-client-app-0123456789');
        equal(answer.outcome, 'complete', 'a request of a new session');
      });
    };
    await ways(most, 0);
    const full = await atRest(gateway, 0);
    await ways(sessions - most, most);
    await inLanes(Math.round(sessions / 10), LANES, async (index) => {
      const answer = await one('r4', `sk-nobody-${index}`);
      equal(answer.status, 401, 'a wrong key');
    });
    const after = await atRest(gateway, 0);
    console.log(`  r4 full:  ${tellCensus(full)}\n  r4 after: ${tellCensus(after)}`);
    const [, keys = '0', expires = '-1'] = /keys=(\d+),expires=(\d+)/.exec(await redis.command('INFO', 'keyspace')) ?? [];
    equal(keys, expires, 'keys in Redis with a time to live');
    atMost(Number(keys), most * 1.02 + 200, 'keys in Redis');
    const grown = sum(after, 'pss') - sum(full, 'pss');
    atMost(grown, MOST_GROWTH, 'MB more than with full tables');
    return pass('bounded', {
      sessions,
      'most kept': most,
      'keys in Redis': Number(keys),
      'without end': 0,
      'grown MB': round(grown),
    });
  },
};

const RELOADS: FaultRow = {
  id: 'R6',
  title: '1,000 reloads under load (--scale)',
  promise: 'No growth of the primary or the workers, no process left over, nothing lost.',
  ...COMMON,
  async run(bench) {
    const times = Math.max(20, Math.round(1_000 * bench.site.scale));
    const models = modelsFor('r6', { forms: ['chat'], credentials: 50 });
    const gateway = await bench.startGateway({ models }, { env: wayIn(bench, 'collect', COLLECTS) });
    const reload = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index++) {
        const before = reloaded(gateway);
        signal(gateway.pid, 'SIGHUP');
        await until('the reload is done', () => reloaded(gateway) > before, 20_000);
        const answer = await ask(gateway.origin, { model: 'r6-chat', session: `r6-${index % 20}` });
        equal(answer.outcome, 'complete', `after reload ${index}: ${tell(answer)}`);
        if (index % 100 === 0) bench.wall.forget('r6-chat-a');
      }
    };
    await reload(Math.ceil(times / 5));
    const before = await atRest(gateway, 0);
    await reload(times);
    const after = await atRest(gateway, 0);
    console.log(`  r6 before: ${tellCensus(before)}\n  r6 after:  ${tellCensus(after)}`);
    equal(childrenOf(gateway.pid).length, 2, 'workers');
    const grown = sum(after, 'pss') - sum(before, 'pss');
    atMost(grown, MOST_GROWTH / 2, 'MB more than after the first fifth');
    atMost(sum(after, 'descriptors') - sum(before, 'descriptors'), 5, 'descriptors more');
    return pass('as before', {
      reloads: times,
      'grown MB': round(grown),
      'primary MB': Math.round(after.processes[0]?.pss ?? 0),
    });
  },
};

function reloaded({ stderr }: GatewayProcess): number {
  return stderr.filter((line) => line.includes('configuration reloaded')).length;
}

const OUTSIDE: FaultRow = {
  id: 'R7',
  title: 'memory outside the heap under large bodies (--minutes)',
  promise: 'What is resident and neither heap nor external does not grow: at most 30 MB between the first third and the last.',
  ...COMMON,
  async run(bench) {
    const minutes = bench.site.minutes ?? 20;
    const { models, ways } = everyWay('r7');
    const gateway = await bench.startGateway({ models }, { env: wayIn(bench, 'collect', COLLECTS) });
    const end = performance.now() + minutes * 60_000;
    const series: { native: number; heap: number; external: number; rss: number }[] = [];
    const prompt = 'a long prompt that is read and passed on '.repeat(6_000);
    while (performance.now() < end) {
      const part = performance.now() + Math.min(60_000, (minutes * 60_000) / 9);
      await inLanes(Number.POSITIVE_INFINITY, 8, async (index) => {
        if (performance.now() > part) throw new Error('over');
        const way = ways[index % ways.length] as (typeof ways)[number];
        const { outcome } = await ask(gateway.origin, { ...way, stream: index % 2 === 0, prompt: `${index} ${prompt}` });
        if (outcome !== 'complete') throw new Error(outcome);
      }).catch((error: Error) => equal(error.message, 'over', 'a request with a large body'));
      for (const form of FORMS) bench.wall.forget(`r7-${form}-*`);
      for (const pid of [gateway.pid, ...gateway.workers()]) signal(pid, 'SIGWINCH');
      await sleep(1_500);
      const census = await takeCensus(gateway);
      const rss = sum(census, 'rss');
      series.push({ rss, heap: census.heapTotal, external: census.external, native: rss - census.heapTotal - census.external });
      console.log(`  r7 ${tellCensus(census)}`);
    }
    const third = Math.max(1, Math.floor(series.length / 3));
    const mean = (part: typeof series): number => part.reduce((total, { native }) => total + native, 0) / part.length;
    const grown = mean(series.slice(-third)) - mean(series.slice(0, third));
    atMost(grown, 30, 'MB grown that are neither heap nor external');
    const last = series.at(-1);
    return pass('told apart, flat', {
      ...{ minutes, 'native grown MB': round(grown), 'RSS MB': Math.round(last?.rss ?? 0) },
      ...{ 'heap MB': Math.round(last?.heap ?? 0), 'external MB': Math.round(last?.external ?? 0) },
    });
  },
};

const QUIET: FaultRow = {
  id: 'R8',
  title: 'one stream for two hours with an event every 20 s (--minutes)',
  promise: 'It is not cut; while the upstream says nothing the client hears a comment.',
  ...COMMON,
  async run(bench) {
    const minutes = bench.site.minutes ?? 120;
    const short = minutes < 5;
    const [pause, heartbeat] = short ? [4_000, 1] : [20_000, 15];
    const events = Math.max(3, Math.floor((minutes * 60_000) / pause));
    const models = modelsFor('r8', { forms: ['chat'] });
    const config = {
      server: { heartbeatSeconds: heartbeat },
      timeouts: { headers: '60s', firstToken: '60s', idle: '60s', total: '24h' },
    };
    const gateway = await bench.startGateway({ models, config });
    bench.wall.on('r8-chat-a', (call) => call.healthy({ tokens: events, pause }));
    let heartbeats = 0;
    const began = performance.now();
    const answer = await ask(gateway.origin, {
      ...{ model: 'r8-chat', stream: true, text: null, patience: minutes * 120_000 + 60_000 },
      onText: (piece) => {
        heartbeats += piece.split('\n').filter((line) => line.startsWith(':')).length;
      },
    });
    equal(answer.outcome, 'complete', tell(answer));
    ok(heartbeats >= events - 1, `comments in ${events} pauses: ${heartbeats}`);
    return pass('whole', {
      minutes: round((performance.now() - began) / 60_000),
      events,
      comments: heartbeats,
      'silence s': pause / 1000,
    });
  },
};

export const LONG_RUN_ROWS: readonly FaultRow[] = [ABORTS, FAILURES, SESSIONS, RELOADS, OUTSIDE, QUIET];
