/** O: more is asked than can be served, by all, by one, or of one. The knee is made: so many places, each taken for so long. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { signal } from '../children.js';
import { type Answer, ask, tell } from '../client/ask.js';
import { Load } from '../client/load.js';
import { atMost, equal, ok, quantile, round, until } from '../expect.js';
import { modelsFor } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import { wayIn } from '../process/ways-in.js';
import { type FaultRow, pass } from '../row.js';

const NEEDS = ['own-gateway', 'linux'] as const;
const COMMON = { length: 'quick', needs: NEEDS, alone: true, boundSeconds: 120 } as const;
/** Requests in flight at most, and how long the upstream takes for each: 20 a second. */
const PLACES = 16;
const TAKES_MS = 800;
const KNEE = (PLACES * 1000) / TAKES_MS;
/** A waiting line shorter than the service time. */
const QUEUE = { length: 8, age: '300ms' };
/** A machine that others use too. */
const SLACK_MS = 700;

/** Between three and five quarters of `ms`, evenly: places that all fell free at one moment would make goodput come in lumps. */
function slowUpstream(bench: Bench, upstream: string, ms = TAKES_MS): void {
  let calls = 0;
  bench.wall.on(upstream, async (call) => {
    await sleep(ms * (0.75 + 0.5 * ((calls++ * 0.618) % 1)));
    await call.healthy();
  });
}

/** A gateway whose knee is `KNEE`, before an upstream that is never the bottleneck. */
async function kneeGateway(bench: Bench, id: string): Promise<GatewayProcess> {
  const models = modelsFor(id, { forms: ['chat', 'messages'], credentials: 2 });
  for (const form of ['chat', 'messages']) slowUpstream(bench, `${id}-${form}-a`);
  return bench.startGateway({ models, config: { server: { maxInFlight: PLACES, queue: QUEUE } } });
}

interface Stage {
  readonly times: number;
  readonly goodput: number;
  readonly refused: readonly Answer[];
  readonly p99: number;
}

/** Open loop for some seconds; goodput is complete answers a second while it lasts. */
async function stage(gateway: GatewayProcess, id: string, times: number, seconds: number): Promise<Stage> {
  const wishes = [
    { model: `${id}-chat` },
    { form: 'messages', model: `${id}-messages` },
    { model: `${id}-chat`, stream: true },
  ] as const;
  const load = new Load(gateway.origin, { rate: KNEE * times, wishes });
  await sleep(1_000);
  const from = performance.now();
  await sleep(seconds * 1000);
  const until = performance.now();
  await load.stop();
  const ended = load.answers.filter(({ askedAt, totalMs }) => askedAt + totalMs > from && askedAt + totalMs <= until);
  const complete = ended.filter(({ outcome }) => outcome === 'complete');
  const refused = load.answers.filter(({ outcome }) => outcome === 'error');
  const others = load.answers.filter(({ outcome }) => outcome !== 'complete' && outcome !== 'error');
  equal(others.length, 0, `neither answered nor refused (${others[0] ? tell(others[0]) : ''})`);
  return {
    times,
    goodput: complete.length / seconds,
    refused,
    p99: quantile(
      load.answers.filter(({ outcome }) => outcome === 'complete').map(({ totalMs }) => totalMs),
      0.99,
    ),
  };
}

/** 503 in OpenAI's shape, 529 in Anthropic's, each with a time to come again. */
export function wellRefused({ status, error, headers }: Answer): boolean {
  const shaped = status === 503 || (status === 529 && error?.type === 'overloaded_error');
  return shaped && error !== undefined && headers['retry-after'] !== undefined;
}

export const OVERLOAD_ROWS: readonly FaultRow[] = [
  {
    id: 'O1',
    title: 'twice, five and ten times what can be served',
    promise:
      'As much is served as at the knee (90 %); the rest is refused soon and properly: 503, or 529 in Messages, with Retry-After.',
    ...COMMON,
    async run(bench) {
      const gateway = await kneeGateway(bench, 'o1');
      const peak = await stage(gateway, 'o1', 1, 4);
      const figures: Record<string, number> = { 'knee/s': KNEE, '1x/s': round(peak.goodput) };
      for (const times of [2, 5, 10]) {
        const { goodput, refused } = await stage(gateway, 'o1', times, 4);
        figures[`${times}x/s`] = round(goodput);
        ok(
          goodput >= 0.9 * Math.min(peak.goodput, KNEE),
          `${times} times: ${round(goodput)} a second, where ${round(peak.goodput)} were served at the knee`,
        );
        const bad = refused.find((answer) => !wellRefused(answer));
        ok(bad === undefined, `refused badly: ${bad ? tell(bad) : ''}`);
        const refusal = quantile(
          refused.map(({ totalMs }) => totalMs),
          0.5,
        );
        figures[`${times}x refused in ms`] = round(refusal);
        atMost(refusal, 300 + SLACK_MS, 'ms until a refusal (median)');
      }
      return pass('goodput stays, refusals are proper', figures);
    },
  },
  {
    id: 'O2',
    title: 'the load falls to half of the knee after ten times it',
    promise: 'Within a second all is as before, without a restart.',
    ...COMMON,
    async run(bench) {
      const gateway = await kneeGateway(bench, 'o2');
      const before = gateway.workers();
      const calm = await stage(gateway, 'o2', 0.5, 2);
      await stage(gateway, 'o2', 10, 2);
      const after = await stage(gateway, 'o2', 0.5, 2);
      equal(gateway.workers(), before, 'the workers');
      equal(after.refused.length, 0, 'refused at half of the knee');
      atMost(after.p99, 2 * calm.p99 + SLACK_MS, 'p99 ms afterwards');
      return pass('as before', { 'p99 before': round(calm.p99), 'p99 after': round(after.p99) });
    },
  },
  {
    id: 'O3',
    title: 'a slow upstream and 300 clients, half of whom leave while they wait',
    promise: 'The line is bounded in length and age; who left is never sent on.',
    ...COMMON,
    async run(bench) {
      const models = modelsFor('o3', { forms: ['chat'], credentials: 2 });
      slowUpstream(bench, 'o3-chat-a', 1_500);
      const config = { server: { maxInFlight: 20, queue: { length: 100, age: '4s' } } };
      const gateway = await bench.startGateway({ models, config });
      const leavers = new Set<string>();
      const answers = Array.from({ length: 300 }, (_, index) => {
        const prompt = `o3 client ${index} of 300`;
        const wish = { model: 'o3-chat', prompt, patience: 20_000 };
        if (index % 2 === 0 || index < 60) return ask(gateway.origin, wish);
        leavers.add(prompt);
        return ask(gateway.origin, { ...wish, onSent: (sent) => void setTimeout(() => sent.destroy(), 700) });
      });
      const ended = await Promise.all(answers);
      const stayed = ended.filter((_, index) => index % 2 === 0 || index < 60);
      const odd = stayed.find((answer) => answer.outcome !== 'complete' && !wellRefused(answer));
      ok(odd === undefined, `neither served nor refused: ${odd ? tell(odd) : ''}`);
      const wasted = bench.wall.callsOf('o3-chat-a').filter(({ at, request }) => {
        const asked = [...leavers].some((prompt) => request.body.includes(prompt));
        return asked && at - (bench.wall.callsOf('o3-chat-a')[0]?.at ?? 0) > 1_200;
      });
      equal(wasted.length, 0, 'upstream calls for clients that had left');
      const slowest = Math.max(...stayed.map(({ totalMs }) => totalMs));
      atMost(slowest, 4_000 + 1_500 + 2 * SLACK_MS, 'ms that anybody waited');
      const served = stayed.filter(({ outcome }) => outcome === 'complete').length;
      return pass('bounded, nobody served who had left', {
        stayed: stayed.length,
        served,
        'slowest ms': round(slowest),
        wasted: 0,
      });
    },
  },
  {
    id: 'O4',
    title: 'a retry storm: the upstream fails for half, then for all',
    promise:
      'Attempts beyond the first are at most a fifth of the requests (and the few that are always allowed), over all workers.',
    ...COMMON,
    async run(bench) {
      const models = modelsFor('o4', { forms: ['chat'], credentials: 40 });
      const workers = 2;
      const gateway = await bench.startGateway({ models, workers, config: { retry: { attempts: 3, budgetPercent: 20 } } });
      const wishes = [{ model: 'o4-chat', headers: {} }];
      const storm = async (share: number, seconds: number): Promise<{ extra: number; allowed: number }> => {
        let call = 0;
        bench.wall.on('o4-chat-a', (one) => (call++ % 100 < share * 100 ? one.error(503) : one.healthy()));
        bench.wall.forget('o4-chat-a');
        const load = new Load(gateway.origin, { rate: 80, wishes });
        await sleep(seconds * 1000);
        const { asked } = await load.stop();
        const attempts = bench.wall.callsOf('o4-chat-a').length;
        // What a quiet worker may always do: ten at once and one a second.
        return { extra: attempts - asked, allowed: asked * 0.2 + workers * (10 + seconds + 1) };
      };
      const half = await storm(0.5, 4);
      const all = await storm(1, 4);
      atMost(half.extra, half.allowed, 'attempts beyond the first while half fails');
      atMost(all.extra, all.allowed, 'attempts beyond the first while all fails');
      return pass('no storm', {
        'half: extra': half.extra,
        'half: allowed': half.allowed,
        'all: extra': all.extra,
        'all: allowed': all.allowed,
      });
    },
  },
  {
    id: 'O5',
    title: 'one client floods',
    promise: 'It is held to its own bound; others are served as before.',
    ...COMMON,
    async run(bench) {
      const models = modelsFor('o5', { forms: ['chat'], credentials: 2 });
      slowUpstream(bench, 'o5-chat-a', 200);
      const clients = [
        { name: 'noisy', key: 'sk-client-noisy-0123456789', concurrency: 8 },
        { name: 'victim', key: 'sk-client-victim-0123456789' },
      ];
      const gateway = await bench.startGateway({ models, config: { clients, server: { maxInFlight: 40 } } });
      const victim = { model: 'o5-chat', key: clients[1]?.key };
      const alone = new Load(gateway.origin, { rate: 15, wishes: [victim] });
      await sleep(2_500);
      const calm = await alone.stop();
      const flood = new Load(gateway.origin, { rate: 200, wishes: [{ model: 'o5-chat', key: clients[0]?.key }] });
      const beside = new Load(gateway.origin, { rate: 15, wishes: [victim] });
      await sleep(3_000);
      const [flooded, held] = [await beside.stop(), await flood.stop()];
      equal(flooded.lost.length, 0, `the other client lost (${flooded.lost[0]})`);
      atMost(flooded.p99, 2 * calm.p99 + SLACK_MS, 'p99 ms of the other client');
      const limited = flood.answers.filter(({ status }) => status === 429).length;
      ok(limited > 0, 'the flood was held');
      return pass('the other client did not feel it', {
        'p99 calm': round(calm.p99),
        'p99 flooded': round(flooded.p99),
        flood: held.asked,
        'refused of it': limited,
      });
    },
  },
  {
    id: 'O6',
    title: 'one slow credential of twenty',
    promise: 'Only what it serves is slow.',
    ...COMMON,
    async run(bench) {
      const models = modelsFor('o6', { forms: ['chat'], credentials: 20 });
      bench.wall.on('o6-chat-a', async (call) => {
        if (call.credential === 'k7') await sleep(1_500);
        await call.healthy();
      });
      const gateway = await bench.startGateway({ models });
      const load = new Load(gateway.origin, { rate: 60, wishes: [{ model: 'o6-chat' }] });
      await sleep(4_000);
      const report = await load.stop();
      equal(report.lost.length, 0, `lost (${report.lost[0]})`);
      const [slow, fast] = [true, false].map((wanted) => {
        const own = load.answers.filter(({ headers }) => (headers['x-gateway-credential'] === 'k7') === wanted);
        return own.map(({ totalMs }) => totalMs);
      }) as [number[], number[]];
      atMost(quantile(fast, 0.99), SLACK_MS, 'p99 ms of the others');
      return pass('the others did not feel it', {
        'p99 others': round(quantile(fast, 0.99)),
        'p50 slow one': round(quantile(slow, 0.5)),
        'its share': slow.length / report.asked,
      });
    },
  },
  {
    id: 'O7',
    title: 'the heap of one worker fills',
    promise: 'It refuses by itself while the other serves; nothing dies; it serves again when the heap is free.',
    ...COMMON,
    async run(bench) {
      const models = modelsFor('o7', { forms: ['chat'], credentials: 2 });
      slowUpstream(bench, 'o7-chat-a', 600);
      const env = wayIn(bench, 'hold', '--max-old-space-size=220', '--expose-gc');
      const gateway = await bench.startGateway(
        { models, config: { server: { overload: { heapPercent: 40 } }, timeouts: { headers: '10s', total: '30s' } } },
        { env },
      );
      const before = gateway.workers();
      const load = new Load(gateway.origin, { rate: 40, wishes: [{ model: 'o7-chat' }] });
      await sleep(500);
      signal(before[0], 'SIGWINCH');
      await until('a worker refuses', () => load.answers.some(({ status }) => status === 503), 10_000);
      const served = await until(
        'all is served again',
        async () => {
          const asked = await Promise.all(Array.from({ length: 12 }, () => ask(gateway.origin, { model: 'o7-chat' })));
          return asked.every(({ outcome }) => outcome === 'complete');
        },
        30_000,
      );
      await load.stop();
      const odd = load.answers.find(({ outcome, status }) => outcome !== 'complete' && status !== 503);
      ok(odd === undefined, `neither served nor refused: ${odd ? tell(odd) : ''}`);
      equal(gateway.workers(), before, 'the workers');
      const refused = load.answers.filter(({ status }) => status === 503).length;
      return pass('refused, then served', { requests: load.answers.length, refused, 'served again ms': round(served) });
    },
  },
];
