import fc from 'fast-check';
import { test } from 'tap';
import type { GatewayError } from '../../errors.js';
import { readRoutingFields } from './routing-fields.js';

/** The gateway reads bodies as latin1 text. */
const latin1 = (body: unknown) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)).toString('latin1');
const fieldsOf = (body: unknown) => readRoutingFields(latin1(body));

function refusal(body: unknown): GatewayError | undefined {
  try {
    fieldsOf(body);
    return undefined;
  } catch (error) {
    return error as GatewayError;
  }
}

const user = { role: 'user', content: 'Hello' };
const system = { role: 'system', content: 'Be kind.' };

test('the model is read with its place, escapes and other scripts included', async (t) => {
  for (const model of ['gpt-4o', 'a "b" \\ c', 'модель', '鍵🔑']) {
    const text = latin1({ x: 1, model, y: 2 });
    const fields = readRoutingFields(text);
    t.equal(fields.model, model);
    t.equal(text.slice(fields.modelSpan.start, fields.modelSpan.end), Buffer.from(JSON.stringify(model)).toString('latin1'));
  }
  t.equal(fieldsOf('{"mod\\u0065l":"\\u0061b"}').model, 'ab');
});

test('a model of up to 256 characters is read, a longer, empty or missing one or another type is refused at its field', async (t) => {
  t.equal(fieldsOf({ model: 'm'.repeat(256) }).model.length, 256);
  t.equal(fieldsOf({ model: '鍵'.repeat(256) }).model.length, 256);
  for (const body of [
    { model: 'm'.repeat(257) },
    { model: '' },
    {},
    { model: null },
    { model: 1 },
    { model: ['m'] },
    { model: {} },
  ])
    t.match(refusal(body), { code: 'invalid_request', status: 400, param: 'model' }, JSON.stringify(body).slice(0, 40));
});

test('a field that routing reads may come once only, any other as often as it likes', async (t) => {
  for (const field of ['model', 'stream', 'messages', 'user', 'prompt_cache_key', 'metadata'])
    t.match(refusal(`{"model":"a","${field}":null,"${field}":null}`), { code: 'invalid_request', param: /./ }, field);
  t.equal(fieldsOf('{"model":"a","temperature":1,"temperature":2}').model, 'a');
});

test('what is no JSON object is refused', async (t) => {
  for (const body of ['', '[]', '"x"', 'null', '{', '{"model":"a"', '{"model":"a"}x', "{'model':'a'}", '\ufeff{"model":"a"}'])
    t.equal(refusal(body)?.code, 'invalid_json', body);
  t.equal(refusal('{"model":"\\x"}')?.code, 'invalid_json');
  t.match(refusal(`{"model":"a","x":${'['.repeat(5000)}${']'.repeat(5000)}}`), { code: 'invalid_json', message: /deep/ });
});

test('stream is true, or false, null and absent alike; anything else is refused', async (t) => {
  t.equal(fieldsOf({ model: 'a', stream: true }).stream, true);
  for (const stream of [false, null, undefined]) t.equal(fieldsOf({ model: 'a', stream }).stream, false);
  for (const stream of ['true', 1, {}, []]) t.match(refusal({ model: 'a', stream }), { status: 400, param: 'stream' });
});

test('the session hint is the cache key, else the user, however the user is named', async (t) => {
  const hintOf = (body: object) => fieldsOf({ model: 'a', ...body }).sessionHint;
  t.equal(hintOf({ prompt_cache_key: 'k', user: 'u' }), 'prompt_cache_key:k');
  t.equal(hintOf({ user: 'u', metadata: { user_id: 'm' } }), 'user:u');
  t.equal(hintOf({ metadata: { user_id: 'u' } }), 'user:u');
  t.equal(hintOf({ safety_identifier: 's' }), 'safety_identifier:s');
  t.equal(hintOf({ user: 'Зоя' }), 'user:Зоя');
});

test('null, empty and odd hints are none', async (t) => {
  for (const body of [
    {},
    { user: null },
    { user: '' },
    { user: 7 },
    { metadata: null },
    { metadata: 'x' },
    { metadata: [] },
    { metadata: {} },
    { metadata: { user_id: null } },
    { metadata: { user_id: 5 } },
    { prompt_cache_key: null, user: {} },
  ])
    t.equal(fieldsOf({ model: 'a', ...body }).sessionHint, undefined, JSON.stringify(body));
});

test('the prompt begins with everything up to the first user message, and stays the same as the talk goes on', async (t) => {
  const prefixOf = (...messages: unknown[]) => fieldsOf({ model: 'a', messages }).promptPrefix;
  const first = prefixOf(system, user);
  t.equal(first, latin1(`${JSON.stringify(system)},${JSON.stringify(user)}`));
  t.equal(prefixOf(system, user, { role: 'assistant', content: 'Hi' }, { role: 'user', content: 'More' }), first);
  t.not(prefixOf(system, { role: 'user', content: 'Other' }), first);
});

test('content as a list of parts is a prompt like any other', async (t) => {
  const parts = {
    content: [
      { type: 'text', text: '"role":"assistant"' },
      { type: 'image_url', image_url: { url: 'data:' } },
    ],
    role: 'user',
  };
  const { promptPrefix } = fieldsOf({ model: 'a', messages: [parts, { role: 'assistant', content: null }, user] });
  t.equal(promptPrefix, latin1(parts));
});

test('a prompt without a user message is its first messages, a bounded number of them', async (t) => {
  t.equal(fieldsOf({ model: 'a', messages: [system] }).promptPrefix, latin1(system));
  const many = fieldsOf({ model: 'a', messages: Array.from({ length: 100 }, () => system) }).promptPrefix ?? '';
  t.equal(many.split('},{').length, 16);
});

test('no messages, or messages of another type, begin no prompt', async (t) => {
  for (const messages of [undefined, null, [], 'x', 5, {}])
    t.equal(fieldsOf({ model: 'a', messages }).promptPrefix, undefined, JSON.stringify(messages) ?? 'absent');
});

test('the input of embeddings never makes a session', async (t) => {
  for (const input of ['text', ['a', 'b'], [1, 2], [{ role: 'user', content: 'x' }]])
    t.match(fieldsOf({ model: 'a', input }), { sessionHint: undefined, promptPrefix: undefined });
});

test('any body that JSON can write is read as JSON reads it', async () => {
  const body = fc.record({
    model: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
    stream: fc.boolean(),
    rest: fc.jsonValue(),
  });
  fc.assert(
    fc.property(body, fc.constantFrom(0, 1, '\t'), (value, indent) => {
      const fields = fieldsOf(JSON.stringify(value, null, indent));
      return fields.model === value.model && fields.stream === value.stream;
    }),
  );
});

test('of a prompt longer than 128 KB the session sees both ends and the length', async (t) => {
  const prefixOf = (content: string) => fieldsOf({ model: 'a', messages: [{ role: 'user', content }] }).promptPrefix ?? '';
  const [start, end] = ['s'.repeat(100_000), 'e'.repeat(100_000)];
  const prefix = prefixOf(`${start}middle${end}`);
  t.ok(prefix.length < 132_000, `${prefix.length}`);
  t.equal(prefix, prefixOf(`${start}MIDDLE${end}`), 'what stands between is not read');
  for (const other of [`S${start}middle${end}`, `${start}middle${end}E`, `${start}${end}`]) t.not(prefix, prefixOf(other));
});
