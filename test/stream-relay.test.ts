/** Rule A: what an upstream streams is what the client gets, byte for byte and at once. */
import { test } from 'tap';
import { gatewayConfig, startGateway, startMock } from './helpers/gateway.js';
import { dataOf, metric, StreamClient } from './helpers/stream-client.js';

/** Identifiers and times of two answers differ; everything else must not. */
function plain(body: string): string {
  return body.replace(/"id":"[^"]*"/g, '"id":""').replace(/"created":\d+/g, '"created":0');
}

test('bytes of a stream pass untouched', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  const models = [
    'mock-instant',
    'fault-bytewise',
    'fault-many-events-one-write',
    'fault-split-utf8',
    'fault-crlf',
    'fault-comments',
    'fault-close-delimited',
    'fault-no-done',
    'fault-bad-json-event',
    'fault-big-event-1048000',
    'fault-big-event-3000000',
    'mock-size-2000000',
  ];
  for (const model of models) {
    await t.test(model, async (t) => {
      const own = new StreamClient(mock.port, { model });
      const relayed = new StreamClient(gateway.port, { model });
      await Promise.all([own.whole(), relayed.whole()]);
      t.equal(relayed.status, 200);
      t.equal(await relayed.ended, 'complete');
      const expected = plain(own.body);
      t.ok(expected.length > 100);
      t.ok(plain(relayed.body) === expected, 'the same bytes');
      t.equal(relayed.header('x-gateway-attempts'), '1');
    });
  }
  t.equal(await metric(gateway.adminUrl, 'tidegate_requests_total', 'outcome="ok"'), models.length);
});

test('headers of a stream are those of an event stream and nothing of the upstream', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  const client = await new StreamClient(gateway.port, { model: 'fault-set-cookie' }).whole();
  t.match(client.header('content-type'), /^text\/event-stream/);
  t.equal(client.header('cache-control'), 'no-cache');
  t.equal(client.header('x-accel-buffering'), 'no');
  t.notMatch(client.head, /content-length|set-cookie|location|organization/i);
});

test('each event goes out when it comes, the last line end too', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  for (const model of ['mock-paced-10x150', 'fault-crlf']) {
    const client = new StreamClient(gateway.port, { model });
    await client.whole();
    for (const { length } of client.arrivals.slice(0, -1)) {
      const soFar = client.body.slice(0, length);
      t.ok(soFar === '' || /(\r\n\r\n|\n\n)$/.test(soFar), 'whole events only');
    }
  }
  const paced = await new StreamClient(gateway.port, { model: 'mock-paced-10x150' }).whole();
  t.ok(paced.arrivals.length >= 8, `${paced.arrivals.length} arrivals of 10 events`);
  const spread = (paced.arrivals.at(-1)?.at ?? 0) - (paced.arrivals[0]?.at ?? 0);
  t.ok(spread > 700, `not held until the end: ${spread} ms`);
});

test('a silent upstream is bridged by comments, between events only', async (t) => {
  const mock = await startMock(t);
  const server = { heartbeatSeconds: 1 };
  const gateway = await startGateway(t, gatewayConfig(mock.url, { server }));
  const models = ['fault-slow-first-token-2600', 'mock-paced-4x1300'];
  const [before, amid] = await Promise.all(models.map((model) => new StreamClient(gateway.port, { model }).whole()));
  t.ok(before && amid);
  if (!before || !amid) return;
  t.match(before.body, /^: keep-alive\n\n: keep-alive\n\ndata: /, 'before the first token');
  t.match(amid.body, /\n\n: keep-alive\n\ndata: /, 'mid-stream');
  for (const { body } of [before, amid]) {
    t.notMatch(body.replaceAll(/(^|\n\n): keep-alive(?=\n\n)/g, ''), /keep-alive/, 'nowhere else');
    t.equal(dataOf(body).at(-1), '[DONE]');
    for (const data of dataOf(body).slice(0, -1)) t.ok(JSON.parse(data));
  }
  t.ok((await metric(gateway.adminUrl, 'tidegate_heartbeats_total')) >= 3);
});
