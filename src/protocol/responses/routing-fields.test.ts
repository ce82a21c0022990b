import { test } from 'tap';
import { readRoutingFields } from './routing-fields.js';

const latin1 = (body: unknown) => Buffer.from(JSON.stringify(body)).toString('latin1');
const fieldsOf = (body: object) => readRoutingFields(latin1({ model: 'm', ...body }));
const user = { role: 'user', content: 'Hello' };
const developer = { role: 'developer', content: 'Be kind.' };

test('model, its place and stream are read as in chat', async (t) => {
  const text = latin1({ input: 'x', model: 'gpt-5', stream: true });
  const { model, modelSpan, stream } = readRoutingFields(text);
  t.same([model, text.slice(modelSpan.start, modelSpan.end), stream], ['gpt-5', '"gpt-5"', true]);
  t.throws(() => readRoutingFields('{"input":"x"}'), /model/);
  t.throws(() => readRoutingFields('{"model":"a","input":"x","input":"y"}'), /more than once/);
});

test('the session hint is the cache key, else the user, however named', async (t) => {
  t.equal(fieldsOf({ prompt_cache_key: 'k', user: 'u' }).sessionHint, 'prompt_cache_key:k');
  t.equal(fieldsOf({ user: 'u' }).sessionHint, 'user:u');
  t.equal(fieldsOf({ safety_identifier: 's' }).sessionHint, 'safety_identifier:s');
  t.equal(fieldsOf({}).sessionHint, undefined);
});

test('the prompt begins with the instructions and the items up to the first user message, and stays the same as the talk goes on', async (t) => {
  const first = fieldsOf({ instructions: 'Be kind.', input: [developer, user] }).promptPrefix;
  t.equal(first, `"Be kind."\0${latin1(developer)},${latin1(user)}`);
  const later = [developer, user, { type: 'reasoning', summary: [] }, { role: 'user', content: 'More' }];
  t.equal(fieldsOf({ instructions: 'Be kind.', input: later }).promptPrefix, first);
  t.not(fieldsOf({ instructions: 'Be rude.', input: [developer, user] }).promptPrefix, first);
  t.equal(fieldsOf({ instructions: null, input: 'Hi' }).promptPrefix, fieldsOf({ instructions: null, input: 'Hi' }).promptPrefix);
  t.not(fieldsOf({ input: 'Hi' }).promptPrefix, fieldsOf({ input: 'Ho' }).promptPrefix);
  for (const body of [{}, { input: null }, { instructions: null, input: [] }]) t.equal(fieldsOf(body).promptPrefix, undefined);
});

test('a prompt of megabytes is known by its ends and length', async (t) => {
  const long = 'x'.repeat(500_000);
  const prefix = fieldsOf({ input: long }).promptPrefix ?? '';
  t.ok(prefix.length < 150_000, `${prefix.length}`);
  t.not(fieldsOf({ input: `${long}x` }).promptPrefix, prefix);
});

test('the answer that a request goes on from is read, as it is known to one credential only', async (t) => {
  t.equal(fieldsOf({ previous_response_id: 'resp_1' }).previousResponseId, 'resp_1');
  for (const previous_response_id of [null, '', 5, undefined])
    t.notOk('previousResponseId' in fieldsOf({ previous_response_id }));
});
