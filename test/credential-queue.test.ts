/** Every credential at its cap: who waits, who is served next, who is refused and how. */
import { test } from 'tap';
import { type GatewayProcess, gatewayConfig, startGateway, startMock } from './helpers/gateway.js';
import { until } from './helpers/primary-process.js';
import { startRedis } from './helpers/redis.js';
import { StreamClient } from './helpers/stream-client.js';

interface Wish {
  readonly model?: string;
  readonly path?: string;
}

async function ask(gateway: GatewayProcess, { model = 'mock-paced-4x50', path = '/v1/chat/completions' }: Wish = {}) {
  const body = { model, max_tokens: 9, messages: [{ role: 'user', content: `question ${Math.random()}` }] };
  const answer = await fetch(gateway.url + path, { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: (await answer.json()) as any };
}

function configOf(url: string, queue: object, changes: object = {}) {
  const credentials = [{ id: 'k1', key: 'sk-upstream-one', concurrency: 2 }];
  return gatewayConfig(url, { upstreams: [{ name: 'main', protocol: 'openai', baseUrl: url, queue, credentials }], ...changes });
}

const WAITING = 'tidegate_credential_requests_waiting';

for (const kind of ['embedded', 'redis'] as const)
  test(`requests past the cap wait for a slot over all workers, and the cap holds: ${kind}`, async (t) => {
    const mock = await startMock(t);
    const redis = kind === 'redis' ? await startRedis() : undefined;
    t.teardown(() => redis?.kill());
    const store = redis && { store: { url: redis.url } };
    const gateway = await startGateway(t, configOf(mock.url, { age: '60s' }, { server: { workers: 2 }, ...store }));
    const answers = await Promise.all(Array.from({ length: 16 }, () => ask(gateway)));
    t.same([...new Set(answers.map(({ status }) => status))], [200]);
    t.match(await mock.stats(), { requests: 16, maxInFlightByKey: { 'sk-upstream-one': 2 } });
    t.equal(await gateway.metric(WAITING), 0);
    t.ok((await gateway.metric('tidegate_credential_waits_total')) >= 1);
    t.ok((await gateway.metric('tidegate_credential_wait_seconds_total')) > 0);
  });

test('a queue of a credential is short, and so is the wait in it', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, configOf(mock.url, { length: 2, age: '30s' }));
  const waiting = () => gateway.metric(WAITING);
  const held = () => [
    new StreamClient(gateway.port, { model: 'mock-paced-1000x50' }),
    new StreamClient(gateway.port, { model: 'mock-paced-1000x50' }),
  ];

  await t.test('who finds it full is refused at once and told when to come again', async (t) => {
    const streams = held();
    await Promise.all(streams.map((stream) => until(() => stream.arrivals.length > 0)));
    const waiters = [ask(gateway), ask(gateway)];
    await until(async () => (await waiting()) === 2);
    t.match(await ask(gateway), { status: 503, retryAfter: '1', body: { error: { code: 'overloaded' } } });
    t.match(await ask(gateway, { path: '/v1/messages' }), { status: 529, retryAfter: '1' });
    for (const stream of streams) stream.socket.destroy();
    t.same(
      (await Promise.all(waiters)).map(({ status }) => status),
      [200, 200],
      'those who waited have the slots',
    );
    t.equal(await gateway.metric('tidegate_credential_waits_refused_total'), 2);
  });

  await t.test('one that leaves frees its place and is never asked of the upstream', async (t) => {
    await mock.reset();
    const streams = held();
    await Promise.all(streams.map((stream) => until(() => stream.arrivals.length > 0)));
    const leaver = new StreamClient(gateway.port, { model: 'mock-instant' });
    await until(async () => (await waiting()) === 1);
    leaver.socket.destroy();
    await until(async () => (await waiting()) === 0);
    for (const stream of streams) stream.socket.destroy();
    t.equal((await ask(gateway)).status, 200);
    t.equal((await mock.stats()).requests, 3);
  });
});

for (const [queue, rule] of [
  [{ age: '300ms' }, 'nobody waits longer than the age'],
  [{ length: 0 }, 'where no queue is wanted nobody waits'],
] as const)
  test(rule, async (t) => {
    const mock = await startMock(t);
    const gateway = await startGateway(t, configOf(mock.url, queue));
    const model = 'mock-paced-1000x50';
    const streams = [new StreamClient(gateway.port, { model }), new StreamClient(gateway.port, { model })];
    await Promise.all(streams.map((stream) => until(() => stream.arrivals.length > 0)));
    t.match(await ask(gateway), { status: 503, retryAfter: '1', body: { error: { code: 'overloaded' } } });
    for (const stream of streams) stream.socket.destroy();
  });
