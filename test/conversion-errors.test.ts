/** Errors over every pair: status × client protocol × upstream protocol × streamed or not, each in the words of the client. */
import { test } from 'tap';
import { type MockHandle, startGateway, startMock } from './helpers/gateway.js';
import { ask, CLIENTS, type ClientName, crossConfig, UPSTREAMS } from './helpers/protocols.js';
import { startRecordingUpstream } from './helpers/recording-upstream.js';

const more = { retry: { attempts: 1 }, timeouts: { headers: '2s', firstToken: '2s', idle: '1s' } };
/** What an upstream says, and what its client gets. The credential's own troubles are not the caller's. */
const STATUSES: readonly (readonly [upstream: number, client: number, anthropicType: string])[] = [
  [400, 400, 'invalid_request_error'],
  [401, 502, 'api_error'],
  [403, 502, 'api_error'],
  [404, 404, 'not_found_error'],
  [413, 413, 'request_too_large'],
  [422, 422, 'invalid_request_error'],
  [429, 429, 'rate_limit_error'],
  [500, 500, 'api_error'],
  [503, 503, 'overloaded_error'],
];

function inShape(client: ClientName, text: string): { type: string; message: string } | undefined {
  const body = JSON.parse(text);
  const openai = body.error && 'param' in body.error && 'code' in body.error && !('request_id' in body);
  const anthropic = body.type === 'error' && typeof body.request_id === 'string' && !('code' in body.error);
  return (client === 'messages' ? anthropic : openai) ? body.error : undefined;
}

async function struck(mock: MockHandle, status: number) {
  await mock.heal();
  await mock.fail({ fault: `status-${status}-retry-7` });
}

test('edge cases 46 and 48: each status of each upstream reaches each client in its own shape, streamed or not', async (t) => {
  const mock = await startMock(t);
  for (const [said, expected, anthropicType] of STATUSES) {
    // A gateway of its own: what one status taught of a credential must not answer for the next.
    const gateway = await startGateway(t, crossConfig(mock.url, { more }));
    await struck(mock, said);
    for (const upstream of UPSTREAMS)
      for (const client of CLIENTS) {
        // One request a credential at most, since a failing one rests: whole by one, streamed by the other.
        const stream = CLIENTS.indexOf(client) % 2 === 0;
        const name = `${said}: ${client.name} ${upstream} ${stream ? 'streamed' : 'whole'}`;
        const { status, headers, text } = await ask(gateway.url, client, client.body(upstream, 'hello', stream));
        const error = inShape(client.name, text);
        t.ok(error?.message, `${name}: ${text}`);
        t.match(headers.get('content-type'), /^application\/json/, name);
        t.ok(headers.get('x-request-id'), name);
        if (status === 503 && expected !== 503) continue; // every credential rests by now
        t.equal(status, expected, name);
        if (client.name === 'messages' && upstream !== 'to-messages') t.equal(error?.type, anthropicType, name);
        if (said === 429) t.ok(headers.get('retry-after'), name);
      }
    await gateway.kill();
  }
});

test("edge case 46: Anthropic's 529 stays one for its own clients and is OpenAI's server_error for the others", async (t) => {
  const mock = await startMock(t);
  for (const client of CLIENTS) {
    const gateway = await startGateway(t, crossConfig(mock.url, { more }));
    await struck(mock, 529);
    const { status, text } = await ask(gateway.url, client, client.body('to-messages', 'hello', true));
    t.same(
      [status, inShape(client.name, text)?.type],
      client.name === 'messages' ? [529, 'overloaded_error'] : [503, 'server_error'],
      `${client.name}: ${text}`,
    );
    await gateway.kill();
  }
});

test('edge case 45: what the gateway itself refuses is in the shape of the path, whatever the upstream', async (t) => {
  const mock = await startMock(t);
  const clients = [{ name: 'app', key: 'client-key-0123456789', models: ['to-chat', 'to-messages'] }];
  const gateway = await startGateway(t, crossConfig(mock.url, { more: { clients } }));
  const key = { authorization: 'Bearer client-key-0123456789' };
  for (const client of CLIENTS) {
    const cases: [number, object, Record<string, string>][] = [
      [401, client.body('to-chat', 'x'), {}],
      [403, client.body('to-responses', 'x'), key],
      [404, client.body('nothing-of-the-kind', 'x'), key],
      [400, { ...client.body('to-chat', 'x'), stream: 'yes' }, key],
      [400, { ...client.body('to-messages', 'x'), model: 7 }, key],
    ];
    for (const [expected, body, headers] of cases) {
      const { status, text } = await ask(gateway.url, client, body, headers);
      t.equal(status, expected, `${client.name}: ${text}`);
      t.ok(inShape(client.name, text), `${client.name}: ${text}`);
    }
    const wrongMethod = await fetch(gateway.url + client.path);
    t.equal(wrongMethod.status, 405);
    t.ok(inShape(client.name, await wrongMethod.text()), client.name);
  }
});

test('edge case 47: an error that hides in a 200 stream is seen before anything goes out, and the next credential answers', async (t) => {
  const mock = await startMock(t);
  const retry = { attempts: 3, budgetPercent: 100 };
  for (const upstream of UPSTREAMS) {
    const gateway = await startGateway(t, crossConfig(mock.url, { more: { retry } }));
    await mock.heal();
    await mock.fail({ key: `sk-${upstream.slice(3)}-one-0123456789`, fault: 'error-first-event' });
    for (const client of CLIENTS) {
      const { status, headers, text } = await ask(gateway.url, client, client.body(upstream, 'hello', true));
      t.equal(status, 200, `${client.name} ${upstream}`);
      t.match(text, client.end, `${client.name} ${upstream}`);
      t.notMatch(text, /overload|"error":\{/, `${client.name} ${upstream}`);
      t.equal(headers.get('x-gateway-credential'), 'two');
    }
    await gateway.kill();
  }
});

test('a stream that is cut, stalls, breaks or fails within ends with one error in the words of its client', async (t) => {
  const mock = await startMock(t);
  const faults = ['cut-fin-after-5', 'cut-rst-after-5', 'stall-after-5', 'cut-mid-event-5', 'error-mid-stream'];
  for (const fault of faults) {
    await mock.heal();
    await mock.fail({ fault });
    // Side by side: each waits for time-outs.
    await Promise.all(
      UPSTREAMS.map(async (upstream) => {
        const gateway = await startGateway(t, crossConfig(mock.url, { more }));
        const clients = CLIENTS.filter(({ name }) => name !== upstream.slice(3) || fault !== 'error-mid-stream').slice(0, 2);
        await Promise.all(
          clients.map(async (client) => {
            const { status, text } = await ask(gateway.url, client, client.body(upstream, 'hello', true));
            const name = `${fault}: ${client.name} ${upstream}`;
            t.equal(status, 200, `${name}: ${text}`);
            t.match(text, client.failure, `${name}: ${text.slice(-300)}`);
            t.notMatch(text, client.end, name);
            for (const line of text.split('\n').filter((each) => each.startsWith('data: ')))
              t.ok(JSON.parse(line.slice(6)), name);
          }),
        );
        await gateway.kill();
      }),
    );
  }
});

test('edge case 49: the headers that clients act on reach them over every pair, and no other', async (t) => {
  const upstream = await startRecordingUpstream(t);
  const acted = {
    'retry-after': '7',
    'retry-after-ms': '7100',
    'x-should-retry': 'true',
    'x-ratelimit-remaining-tokens': '5',
    'anthropic-ratelimit-requests-reset': '2026-11-21T12:00:00Z',
    'request-id': 'req_of_the_provider',
  };
  const kept = {
    'set-cookie': 'a=b',
    'openai-organization': 'org-secret',
    'anthropic-organization-id': 'org-secret',
    server: 'x',
  };
  upstream.answer = (response) =>
    response
      .writeHead(422, { ...acted, ...kept, 'content-type': 'application/json' })
      .end('{"type":"error","error":{"type":"invalid_request_error","message":"No.","code":"odd","param":"messages"}}');
  const gateway = await startGateway(t, crossConfig(upstream.url, { more }));
  for (const client of CLIENTS)
    for (const model of UPSTREAMS) {
      const { status, headers, text } = await ask(gateway.url, client, client.body(model, 'hello', true));
      t.equal(status, 422);
      for (const [name, value] of Object.entries(acted)) t.equal(headers.get(name), value, `${client.name} ${model}: ${name}`);
      for (const name of Object.keys(kept)) t.equal(headers.get(name), null, `${client.name} ${model}: ${name}`);
      t.match(inShape(client.name, text), { message: 'No.' }, `${client.name} ${model}`);
    }
});
