/** S: caps that several gateways share, when their holders die or Redis does not keep still. Judged by what the upstream saw at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { signal } from '../children.js';
import { type Answer, ask, tell } from '../client/ask.js';
import { Load } from '../client/load.js';
import { atMost, equal, ok, until } from '../expect.js';
import { modelsFor } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import { openStreams, paceUpstream } from '../process/streams.js';
import { startRedis } from '../redis/redis-process.js';
import { type FaultRow, pass } from '../row.js';

const COMMON = { length: 'quick', needs: ['own-gateway', 'redis', 'linux'], alone: true, boundSeconds: 120 } as const;
const CAP = 4;
const KEY = 'sk-client-capped-0123456789';
/** A slot that nobody renews is given up after 6 s; a busy machine's delay beside. */
const LEASE_MS = 6_000 + 4_000;

/** Most requests that the upstream had at one moment. */
export function mostAtOnce(bench: Bench, upstream: string): number {
  const steps = bench.wall
    .callsOf(upstream)
    .flatMap(({ at, endedAt }) => [[at, 1] as const, [endedAt ?? Number.POSITIVE_INFINITY, -1] as const]);
  let now = 0;
  let most = 0;
  // An end before a begin of the same moment.
  for (const [, step] of steps.sort(([a, up], [b, down]) => a - b || up - down)) {
    now += step;
    most = Math.max(most, now);
  }
  return most;
}

async function cappedGateway(bench: Bench, id: string, url: string): Promise<GatewayProcess> {
  const clients = [{ name: 'capped', key: KEY, concurrency: CAP }];
  return bench.startGateway({ models: modelsFor(id, { forms: ['chat'], credentials: 2 }), config: { store: { url }, clients } });
}

export const STORE_CAP_ROWS: readonly FaultRow[] = [
  {
    id: 'S14',
    title: 'a gateway dies whole while it holds every slot of a client',
    promise: 'Another gateway refuses while the slots are held, and has them once their lease of 6 s is over; none is stuck.',
    ...COMMON,
    async run(bench) {
      const redis = await startRedis();
      bench.onEnd(() => redis.kill());
      const [first, second] = await Promise.all([cappedGateway(bench, 's14', redis.url), cappedGateway(bench, 's14', redis.url)]);
      paceUpstream(bench, 's14-chat-a', 300, 100);
      const { ended } = await openStreams(first.origin, 's14-chat', CAP, 30_000, KEY);
      const refused = await ask(second.origin, { model: 's14-chat', key: KEY });
      equal(refused.status, 429, `the other gateway while all slots are held: ${tell(refused)}`);
      const diedAt = performance.now();
      for (const pid of [first.pid, ...first.workers()]) signal(pid, 'SIGKILL');
      await ended;
      bench.wall.heal('s14-chat-a');
      const four = (): Promise<Answer[]> =>
        Promise.all(Array.from({ length: CAP }, () => ask(second.origin, { model: 's14-chat', key: KEY })));
      const complete = async (): Promise<boolean> => (await four()).every(({ outcome }) => outcome === 'complete');
      await until('the other gateway has all of the slots', complete, LEASE_MS);
      const back = performance.now() - diedAt;
      return pass('refused, then all slots were back', { cap: CAP, 'back ms': Math.round(back) });
    },
  },
  {
    id: 'S19',
    title: 'a cap while every connection to Redis is killed, and while Redis is away',
    promise:
      'The upstream never sees more than the cap and, while Redis is away, each worker’s share beside it: twice the cap at most.',
    ...COMMON,
    async run(bench) {
      const redis = await startRedis();
      bench.onEnd(() => redis.kill());
      const gateways = await Promise.all([cappedGateway(bench, 's19', redis.url), cappedGateway(bench, 's19', redis.url)]);
      bench.wall.on('s19-chat-a', async (call) => {
        await sleep(250);
        await call.healthy();
      });
      const load = new Load(
        gateways.map(({ origin }) => origin),
        { rate: 60, wishes: [{ model: 's19-chat', key: KEY }] },
      );
      await sleep(2_000);
      const calm = mostAtOnce(bench, 's19-chat-a');
      bench.wall.forget('s19-chat-a');
      for (let round = 0; round < 20; round++) {
        await redis.command('CLIENT', 'KILL', 'TYPE', round % 2 === 0 ? 'normal' : 'pubsub');
        await sleep(100);
      }
      const killed = mostAtOnce(bench, 's19-chat-a');
      bench.wall.forget('s19-chat-a');
      await redis.kill();
      await sleep(2_500);
      await redis.restart();
      await sleep(2_500);
      const away = mostAtOnce(bench, 's19-chat-a');
      await load.stop();
      const odd = load.answers.find(({ outcome, status }) => outcome !== 'complete' && status !== 429);
      ok(odd === undefined, `neither served nor refused: ${odd ? tell(odd) : ''}`);
      atMost(calm, CAP, 'at once with a Redis in order');
      atMost(killed, 2 * CAP, 'at once while connections were killed');
      atMost(away, 2 * CAP, 'at once while Redis was away');
      return pass('held', { cap: CAP, calm, killed, away, asked: load.answers.length });
    },
  },
];
