/** Past what it may serve at once: who waits, who is refused and how, and that it comes back by itself. */
import { test } from 'tap';
import { type GatewayProcess, gatewayConfig, startGateway, startMock } from './helpers/gateway.js';
import { until } from './helpers/primary-process.js';
import { StreamClient } from './helpers/stream-client.js';

const CLIENTS = ['flood', 'quiet'].map((name) => ({ name, key: `tg-${name}-client-key` }));

/** A question with an answer in one piece; resolves with the status and the body. */
async function ask(gateway: GatewayProcess, client: string, path = '/v1/chat/completions', model = 'mock-paced-20x50') {
  const answer = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer tg-${client}-client-key` },
    body: JSON.stringify({ model, max_tokens: 9, messages: [{ role: 'user', content: `${client} ${Math.random()}` }] }),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
}

test('past its places a gateway lets few wait, refuses the rest at once, and serves on', async (t) => {
  const mock = await startMock(t);
  const server = { maxInFlight: 4, queue: { length: 6, age: '30s' } };
  const gateway = await startGateway(t, gatewayConfig(mock.url, { server, clients: CLIENTS }));
  const asked = Array.from({ length: 30 }, () => ask(gateway, 'flood'));
  const served = asked.map(async (each) => (await each).status);
  const waiting = () => gateway.metric('tidegate_requests_waiting');

  await t.test('those refused are told when to come again, in their own words', async (t) => {
    await until(async () => (await gateway.metric('tidegate_requests_shed_total')) >= 20);
    const refusals = (await Promise.all(asked)).filter(({ status }) => status !== 200);
    t.equal(refusals.length, 20);
    for (const { status, headers, body } of refusals) {
      t.match([status, headers.get('retry-after'), headers.get('connection')], [503, '1', 'keep-alive']);
      t.match(body, { error: { type: 'overloaded_error', code: 'overloaded' } });
    }
  });

  await t.test('those that had a place or waited for one are served, no more of them at once than allowed', async (t) => {
    const statuses = await Promise.all(served);
    t.equal(statuses.filter((status) => status === 200).length, 10);
    t.ok((await mock.stats()).maxInFlight <= 4);
    t.equal((await mock.stats()).requests, 10);
    t.equal(await waiting(), 0);
  });

  await t.test('one that floods does not keep another out', async (t) => {
    const flood = Array.from({ length: 10 }, () => ask(gateway, 'flood', undefined, 'mock-paced-40x50'));
    await until(async () => (await waiting()) === 6);
    const quiet = await ask(gateway, 'quiet');
    t.equal(quiet.status, 200);
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    t.same(
      statuses.filter((status) => status !== 200),
      [503],
      'for it the flood lost its oldest',
    );
  });

  await t.test('one that leaves while it waits is never asked of the upstream; health answers meanwhile', async (t) => {
    await mock.reset();
    const held = Array.from({ length: 4 }, () => ask(gateway, 'flood', undefined, 'mock-paced-40x50'));
    await until(async () => (await mock.stats()).inFlight === 4);
    const leavers = (['fin', 'reset'] as const).map((how) => {
      return { how, client: new StreamClient(gateway.port, { model: 'mock-instant', key: 'tg-quiet-client-key' }) };
    });
    await until(async () => (await waiting()) === 2);
    const health = await fetch(`${gateway.url}/health`);
    t.match([health.status, await health.json()], [503, { status: 'overloaded' }]);
    for (const { how, client } of leavers) client.leave(how);
    await until(async () => (await waiting()) === 0);
    await Promise.all(held);
    t.equal((await mock.stats()).requests, 4);
    t.equal((await fetch(`${gateway.url}/health`)).status, 200);
  });
});

test('who waits for longer than allowed is refused: 503, and 529 in Messages', async (t) => {
  const mock = await startMock(t);
  const server = { maxInFlight: 1, queue: { length: 6, age: '100ms' } };
  const gateway = await startGateway(t, gatewayConfig(mock.url, { server, clients: CLIENTS }));
  const held = ask(gateway, 'flood', undefined, 'mock-paced-100x50');
  await until(async () => (await mock.stats()).inFlight === 1);
  const [chat, messages] = await Promise.all([ask(gateway, 'quiet'), ask(gateway, 'quiet', '/v1/messages')]);
  t.match([chat.status, chat.body], [503, { error: { code: 'overloaded' } }]);
  t.match([messages.status, messages.body], [529, { type: 'error', error: { type: 'overloaded_error' } }]);
  t.equal(messages.headers.get('retry-after'), '1');
  t.equal((await held).status, 200);
  t.equal((await mock.stats()).requests, 1);
});
