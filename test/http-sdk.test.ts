import OpenAI from 'openai';
import { test } from 'tap';
import { gatewayConfig, type MockHandle, startGateway, startMock, type TestScope } from './helpers/gateway.js';

const KEY = 'tg-sdk-client-one';
const MESSAGES = [{ role: 'user' as const, content: 'Hello' }];

interface Started {
  readonly mock: MockHandle;
  readonly url: string;
  readonly client: OpenAI;
}

async function start(t: TestScope, changes: Record<string, unknown> = {}): Promise<Started> {
  const mock = await startMock(t);
  const gateway = await startGateway(t, gatewayConfig(mock.url, { clients: [{ name: 'app', key: KEY }], ...changes }));
  return { mock, url: gateway.url, client: sdk(gateway.url, KEY) };
}

function sdk(url: string, apiKey: string): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, timeout: 20_000 });
}

async function errorOf(promise: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof OpenAI.APIError) return error;
    throw error;
  }
  throw new Error('no error came');
}

test('the SDK reads a whole chat completion and a streamed one', async (t) => {
  const { mock, client } = await start(t);
  const whole = await client.chat.completions.create({ model: 'mock-instant', messages: MESSAGES });
  t.equal(whole.object, 'chat.completion');
  t.ok(whole.choices[0]?.message.content);
  t.match(whole._request_id, /^req_/);

  const stream = await client.chat.completions.create({
    model: 'mock-instant',
    messages: MESSAGES,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let usage: unknown;
  let finish: unknown;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    finish ??= chunk.choices[0]?.finish_reason;
    usage = chunk.usage ?? usage;
  }
  t.equal(finish, 'stop');
  t.ok(text.length > 0);
  t.match(usage, { prompt_tokens: Number, completion_tokens: Number });
  t.match(await mock.stats(), { requests: 2, completed: 2 });
});

test('the SDK helper that assembles a stream gets the whole message', async (t) => {
  const { client } = await start(t);
  const runner = client.chat.completions.stream({ model: 'mock-instant', messages: MESSAGES });
  const message = await runner.finalMessage();
  t.equal(message.role, 'assistant');
  t.ok(message.content);
});

test('leaving a stream early frees the upstream', async (t) => {
  const { mock, client } = await start(t);
  const stream = await client.chat.completions.create({ model: 'mock-paced-1000x20', messages: MESSAGES, stream: true });
  for await (const _ of stream) break;
  for (let wait = 0; wait < 250 && (await mock.stats()).aborted === 0; wait++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  t.match(await mock.stats(), { requests: 1, aborted: 1, inFlight: 0 });
});

test('embeddings come as numbers and as base64, with the same values', async (t) => {
  const { client, mock } = await start(t);
  const asked = { model: 'text-embedding-3-small', input: ['one', 'two'], dimensions: 64 };
  const floats = await client.embeddings.create({ ...asked, encoding_format: 'float' });
  const automatic = await client.embeddings.create(asked);
  t.equal(floats.data.length, 2);
  t.equal(floats.data[0]?.embedding.length, 64);
  t.strictSame(Array.from(automatic.data[1]!.embedding, Math.fround), Array.from(floats.data[1]!.embedding, Math.fround));
  const raw = await client.embeddings.create({ ...asked, encoding_format: 'base64' });
  t.type(raw.data[0]?.embedding as unknown, 'string');
  t.equal((await mock.requests())[0]?.path, '/v1/embeddings');
});

test('models are listed and shown as far as the caller may use them', async (t) => {
  const targets = [{ upstream: 'main' }];
  const models = [
    { name: 'gpt-4o', targets },
    { name: 'org/deep/model', targets },
    { name: 'secret-model', targets },
  ];
  const { client } = await start(t, { models, clients: [{ name: 'app', key: KEY, models: ['gpt-*', 'org/*'] }] });
  const ids: string[] = [];
  for await (const model of client.models.list()) ids.push(model.id);
  t.strictSame(ids, ['gpt-4o', 'org/deep/model']);
  t.match(await client.models.retrieve('gpt-4o'), { id: 'gpt-4o', object: 'model', owned_by: String, created: Number });
  t.equal((await client.models.retrieve('org/deep/model')).id, 'org/deep/model', 'a name with slashes, encoded by the SDK');
  t.type(await errorOf(client.models.retrieve('secret-model')), OpenAI.PermissionDeniedError);
  t.type(await errorOf(client.models.retrieve('nope')), OpenAI.NotFoundError);
});

test('a missing, a wrong and a removed key are told apart by nothing', async (t) => {
  const mock = await startMock(t);
  const changes = (keys: string[]) =>
    gatewayConfig(mock.url, { clients: keys.map((key, index) => ({ name: `client-${index}`, key })) });
  const gateway = await startGateway(t, changes([KEY, 'tg-sdk-client-two']));
  const two = sdk(gateway.url, 'tg-sdk-client-two');
  await two.models.list();
  gateway.write(changes([KEY]));
  gateway.child.kill('SIGHUP');
  let removed: unknown;
  for (let wait = 0; wait < 250 && !removed; wait++) {
    removed = await two.models.list().then(
      () => undefined,
      (error) => error,
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  t.type(removed, OpenAI.AuthenticationError);

  const bodies = new Set<string>();
  const cases = [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: 'Bearer tg-sdk-client-two' },
    { authorization: 'Bearer' },
  ];
  const others = [
    { authorization: `Basic ${KEY}` },
    { authorization: `Bearer ${KEY} x` },
    { 'x-api-key': 'wrong' },
    { authorization: `Bearer ${'a'.repeat(2000)}` },
  ];
  for (const headers of [...cases, ...others] as Record<string, string>[]) {
    for (const path of ['/v1/chat/completions', '/v1/embeddings', '/v1/models', '/v1/models/gpt-4o']) {
      const method = path.startsWith('/v1/models') ? 'GET' : 'POST';
      const answer = await fetch(gateway.url + path, { method, headers, ...(method === 'POST' ? { body: '{' } : {}) });
      t.equal(answer.status, 401);
      t.equal(answer.headers.get('www-authenticate'), 'Bearer');
      bodies.add(await answer.text());
    }
  }
  t.equal(bodies.size, 1);
  t.match(JSON.parse([...bodies][0]!), { error: { code: 'invalid_api_key', type: 'invalid_request_error', param: null } });
  t.equal((await mock.stats()).requests, 0);
});

test('errors reach the SDK as its own exceptions', async (t) => {
  const targets = [{ upstream: 'main' }];
  const models = [
    'gpt-4o',
    'secret',
    'fault-status-429-retry-7',
    'fault-status-400',
    'fault-context-length',
    'fault-status-500',
  ].map((name) => ({ name, targets }));
  const clients = [{ name: 'app', key: KEY, models: ['gpt-*', 'fault-*', 'unknown*'] }];
  const { client } = await start(t, { models, clients, server: { bodyLimit: '1kb' } });
  const ask = (model: string, content = 'Hello') =>
    errorOf(client.chat.completions.create({ model, messages: [{ role: 'user', content }] }));

  const unknown = await ask('unknown-model');
  t.type(unknown, OpenAI.NotFoundError);
  t.match(unknown, { code: 'model_not_found', param: 'model' });
  t.type(await ask('secret'), OpenAI.PermissionDeniedError);
  const large = await ask('gpt-4o', 'a'.repeat(2000));
  t.match(large, { status: 413, code: 'request_too_large' });
  t.match(await ask('fault-context-length'), { status: 400, code: 'context_length_exceeded' });
  t.type(await ask('fault-status-400'), OpenAI.BadRequestError);
  t.type(await ask('fault-status-500'), OpenAI.InternalServerError);

  const limited = await ask('fault-status-429-retry-7');
  t.type(limited, OpenAI.RateLimitError);
  t.match(limited.headers?.get('retry-after'), /^[1-7]$/);
  t.ok(limited.requestID);
  const resting = await ask('fault-status-429-retry-7');
  t.type(resting, OpenAI.RateLimitError, 'and while every credential rests');
  t.match(resting.headers?.get('retry-after'), /^[1-7]$/);
});

test('an error in the middle of a stream is thrown by the SDK, never a short answer', async (t) => {
  const { client } = await start(t);
  for (const model of [
    'fault-error-mid-stream',
    'fault-cut-fin-after-5',
    'fault-cut-rst-after-5',
    'fault-silent-end-after-5',
    'fault-cut-mid-event-5',
  ]) {
    const stream = await client.chat.completions.create({ model, messages: MESSAGES, stream: true });
    let chunks = 0;
    const read = (async () => {
      for await (const _ of stream) chunks++;
    })();
    t.type(await errorOf(read), OpenAI.APIError, model);
    t.ok(chunks > 0, `${model}: what came before was delivered`);
  }
});
