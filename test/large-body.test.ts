/** Bodies of many megabytes: read by a thread, passed on byte for byte, without holding up the streams of others. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { readRoutingFields } from '../src/protocol/openai/index.js';
import { PiscinaPool } from '../src/threads/piscina-pool.js';
import { distFolder, gatewayConfig, startGateway, startMock } from './helpers/gateway.js';
import { StreamClient } from './helpers/stream-client.js';

const MEGABYTE = 1024 * 1024;
/** Generous, for machines where other tests run: milliseconds. */
const LONGEST_GAP = 3_000;

/** Lists of numbers are what takes longest to read. */
function bodyOf(bytes: number, model = '"mock-instant"'): string {
  return `{"metadata":{"n":[${'12345,'.repeat(bytes / 6)}0]},"messages":[{"role":"user","content":"hello"}],"model":${model}}`;
}

const post = (url: string, body: string) => fetch(`${url}/v1/chat/completions`, { method: 'POST', body });

for (const workers of [1, 0]) {
  test(`20 MB arrive whole while another stream goes on, with ${workers} workers`, async (t) => {
    const mock = await startMock(t);
    const gateway = await startGateway(t, gatewayConfig(mock.url, { server: { workers } }));
    const stream = new StreamClient(gateway.port, { model: 'mock-paced-100x40' });
    await sleep(300);
    const body = bodyOf(20 * MEGABYTE);
    const answers = await Promise.all([post(gateway.url, body), post(gateway.url, body)]);
    for (const answer of answers) t.equal(answer.status, 200, await answer.text());
    t.equal(await stream.ended, 'complete');
    const gaps = stream.arrivals.slice(1).map(({ at }, index) => at - (stream.arrivals[index]?.at ?? at));
    t.ok(gaps.length > 10, `${gaps.length} pieces`);
    t.ok(Math.max(...gaps) < LONGEST_GAP, `${Math.max(...gaps)} ms`);
    const large = (await mock.requests()).filter(({ model }) => model === 'mock-instant');
    t.same(
      large.map(({ bodyBytes }) => bodyBytes),
      [body.length, body.length],
    );
  });
}

test('a large body with a fault is refused as a small one is', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url));
  const refused = async (body: string) => {
    const answer = await post(gateway.url, body);
    return [answer.status, await answer.json()];
  };
  for (const model of ['7', '"a"}', '"a","model":"b"'])
    t.same(await refused(bodyOf(2 * MEGABYTE, model)), await refused(bodyOf(6, model)), model);
  t.equal((await mock.stats()).requests, 0);
});

test('the bundled task reads what the gateway itself would read', async (t) => {
  const pool = new PiscinaPool(join(distFolder(), 'thread-tasks.js'));
  const timer = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(timer));
  t.teardown(() => pool.close());
  const text = bodyOf(MEGABYTE);
  const body = Buffer.from(new SharedArrayBuffer(text.length));
  body.write(text, 'latin1');
  t.same(await pool.run('readFields', { protocol: 'openai', body }), { ok: true, fields: readRoutingFields(text) });
});
