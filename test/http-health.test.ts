import { test } from 'tap';
import { gatewayConfig, startGateway, startMock } from './helpers/gateway.js';

test('health on the data port needs no key, is not cached and names no secret', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(
    t,
    gatewayConfig(mock.url, { clients: [{ name: 'app', key: 'tg-client-key-1' }], server: { workers: 2 } }),
  );
  const answer = await fetch(`${gateway.url}/health`);
  t.equal(answer.status, 200);
  t.equal(answer.headers.get('cache-control'), 'no-store');
  const text = await answer.text();
  const body = JSON.parse(text);
  t.equal(body.status, 'ok');
  t.equal(body.workers, 2);
  t.type(body.slots.free, 'number');
  t.notMatch(text, /sk-upstream|tg-client/);

  const head = await fetch(`${gateway.url}/health`, { method: 'HEAD' });
  t.equal(head.status, 200);
  t.equal(await head.text(), '');
  const post = await fetch(`${gateway.url}/health`, { method: 'POST' });
  t.equal(post.status, 405);
  t.equal(post.headers.get('allow'), 'GET, HEAD');
  t.equal((await mock.stats()).requests, 0, 'the upstream is not asked');
  t.equal(await gateway.stop(), 0);
});
