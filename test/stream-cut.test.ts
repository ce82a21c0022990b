/** After content an upstream's failure is an event in the stream, then a clean end: a cut answer never looks like a finished one. */
import OpenAI from 'openai';
import { test } from 'tap';
import { gatewayConfig, startGateway, startMock } from './helpers/gateway.js';
import { dataOf, metric, StreamClient } from './helpers/stream-client.js';

const timeouts = { headers: '1s', firstToken: '1s', idle: '1s' };
const CUTS = [
  'fault-cut-fin-after-5',
  'fault-cut-rst-after-5',
  'fault-cut-mid-event-5',
  'fault-stall-after-5',
  'fault-silent-end-after-5',
  'fault-close-delimited-cut-5',
];

test('a cut after content is told in the stream, once, and counted', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url, { timeouts, retry: { attempts: 3, budgetPercent: 100 } }));
  for (const model of [...CUTS, ...Array(4).fill(CUTS[0])]) {
    const client = await new StreamClient(gateway.port, { model }).whole();
    const data = dataOf(client.body);
    t.equal(client.status, 200, model);
    t.equal(await client.ended, 'complete', `${model}: a clean end`);
    t.equal(data.filter((text) => text.startsWith('{"error"')).length, 1, `${model}: one error`);
    t.ok(JSON.parse(data.at(-1) ?? '').error.message, `${model}: it comes last`);
    t.notOk(data.includes('[DONE]'), model);
    t.equal(data.filter((text) => text.includes('"role"')).length, 1, `${model}: no second answer behind the first`);
    for (const text of data) t.ok(JSON.parse(text), `${model}: no half event`);
  }
  t.equal(await metric(gateway.adminUrl, 'tidegate_requests_total', 'outcome="incomplete"'), CUTS.length + 4);
  t.equal(await metric(gateway.adminUrl, 'tidegate_attempts_total', 'outcome="incomplete"'), CUTS.length + 4);
  const estimated = await metric(gateway.adminUrl, 'tidegate_estimated_usage_total', '');
  t.equal(estimated, CUTS.length + 4, 'what was used until then is a guess, and said to be one');
  const output = await metric(gateway.adminUrl, 'tidegate_tokens_total', 'kind="output"');
  t.ok(output >= 2 * estimated && output <= 8 * estimated, `${output} tokens of ${estimated} answers cut after five`);
  const { credentials } = (await (await fetch(`${gateway.adminUrl}/api/credentials`)).json()) as { credentials: object[] };
  t.match(JSON.stringify(credentials), /failing/, 'a credential that cuts again rests');
});

test("an upstream's own error mid-stream passes once", async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url, { server: { trailComment: true } }));
  const client = await new StreamClient(gateway.port, { model: 'fault-error-mid-stream' }).whole();
  t.match(client.body, /\n\n: tidegate attempts=1 main\/k\d 200 \d+ms\n\n$/, 'the attempts in a last comment');
  t.equal(client.header('x-gateway-trail'), undefined);
  const data = dataOf(client.body);
  t.equal(data.filter((text) => text.includes('"error"')).length, 1);
  t.match(data.at(-1), /server_error/);
  t.notOk(data.includes('[DONE]'));
  t.equal(await metric(gateway.adminUrl, 'tidegate_requests_total', 'outcome="incomplete"'), 1);
  t.equal((await mock.stats()).requests, 1);
});

test('the official SDK throws on a cut stream', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url, { timeouts }));
  const client = new OpenAI({ apiKey: 'any', baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  for (const model of ['fault-cut-fin-after-5', 'fault-cut-mid-event-5', 'fault-error-mid-stream']) {
    let chunks = 0;
    await t.rejects(async () => {
      const stream = await client.chat.completions.create({
        model,
        stream: true,
        messages: [{ role: 'user', content: `sdk ${model}` }],
      });
      for await (const _ of stream) chunks++;
    }, model);
    t.ok(chunks >= 5, `${model}: after ${chunks} chunks`);
  }
});
