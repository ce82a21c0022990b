/** Turns are exact whoever serves: over workers, and over hosts that share one Redis. */
import { test } from 'tap';
import { startRedis } from './helpers/redis.js';
import { chat, credentialOf, eachOf } from './helpers/requests.js';
import { choicesMadeAlone, turnsAre } from './helpers/turns.js';
import {
  build,
  configText,
  type GatewayUnderTest,
  type MockUnderTest,
  startGateway,
  startMock,
} from './helpers/whole-gateway.js';

const KEYS = 20;
const SESSIONS = 2_000;

test('turns over workers', async (t) => {
  const folder = build(t);
  const mock = await startMock(t);

  /** Most less fewest requests of a key after new sessions, each over a connection of its own, spread over the gateways. */
  const spread = async (gateways: readonly GatewayUnderTest[], mock: MockUnderTest) => {
    await mock.reset();
    await eachOf(SESSIONS, 16, async (index) => {
      const gateway = gateways[index % gateways.length] as GatewayUnderTest;
      credentialOf(await chat(gateway.origin, { session: `new ${index}` }));
    });
    const counts = Object.values(await mock.byKey());
    return {
      keys: counts.length,
      total: counts.reduce((sum, count) => sum + count, 0),
      difference: Math.max(...counts) - Math.min(...counts),
    };
  };

  t.test('four workers give equal keys turns that differ by one at most', async (t) => {
    const gateway = await startGateway(t, folder, configText({ mock, credentials: KEYS }));
    const seen = await spread([gateway], mock);
    t.match(seen, { keys: KEYS, total: SESSIONS });
    t.ok(seen.difference <= 1, `differ by ${seen.difference}`);
    const { workers } = await gateway.api('/api/workers');
    t.ok(
      workers.every(({ connections, requests }: { connections: number; requests: number }) => requests + connections > 0),
      'every worker served',
    );
  });

  t.test('two hosts with one Redis give equal keys turns that differ by one at most', async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.kill());
    const config = configText({ mock, credentials: KEYS, workers: 2, redis: redis.url });
    const gateways = await Promise.all([startGateway(t, folder, config), startGateway(t, folder, config)]);
    const seen = await spread(gateways, mock);
    t.match(seen, { keys: KEYS, total: SESSIONS });
    const alone = await choicesMadeAlone(gateways);
    t.ok(seen.difference <= 1 + 2 * alone, `differ by ${seen.difference}, ${alone} chosen alone`);
  });

  for (const [kind, workers] of [
    ['embedded', 4],
    ['embedded', 1],
    ['redis', 4],
    ['redis', 1],
  ] as const) {
    t.test(`weights are exact over cycles: ${kind}, ${workers} workers`, async (t) => {
      const redis = kind === 'redis' ? await startRedis() : undefined;
      t.teardown(() => redis?.kill());
      const gateway = await startGateway(t, folder, configText({ mock, workers, credentials: [5, 3, 2], redis: redis?.url }));
      await mock.reset();
      await eachOf(10 * 30, 8, async () => credentialOf(await chat(gateway.origin)));
      await turnsAre(t, [gateway], await mock.byKey(), { 'sk-test-1': 150, 'sk-test-2': 90, 'sk-test-3': 60 });
    });
  }
});
