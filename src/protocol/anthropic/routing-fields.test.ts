import { test } from 'tap';
import type { GatewayError } from '../../errors.js';
import { readRoutingFields } from './routing-fields.js';

const latin1 = (body: unknown) => Buffer.from(JSON.stringify(body)).toString('latin1');
const fieldsOf = (body: object) => readRoutingFields(latin1({ model: 'claude', ...body }));
function refusal(text: string): GatewayError | undefined {
  try {
    readRoutingFields(text);
    return undefined;
  } catch (error) {
    return error as GatewayError;
  }
}

const user = { role: 'user', content: 'Hello' };
const system = [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }];

test('model, its place and stream are read as in every dialect', async (t) => {
  const text = latin1({ max_tokens: 1, model: 'claude', stream: true });
  const { model, modelSpan, stream } = readRoutingFields(text);
  t.same([model, stream, text.slice(modelSpan.start, modelSpan.end)], ['claude', true, '"claude"']);
  t.match(refusal('{"model":""}'), { param: 'model', status: 400 });
  t.match(refusal('{"model":"m","stream":"yes"}'), { param: 'stream', status: 400 });
  t.match(refusal('[]'), { code: 'invalid_json' });
});

test('the session is the end user that the metadata name', async (t) => {
  t.equal(fieldsOf({ metadata: { user_id: 'user_1_session_2' } }).sessionHint, 'user:user_1_session_2');
  for (const metadata of [undefined, null, {}, { user_id: 5 }, 'x']) t.equal(fieldsOf({ metadata }).sessionHint, undefined);
});

test('the prompt begins with the system part and the messages to the first of the user, and stays as the talk goes on', async (t) => {
  const first = fieldsOf({ system, messages: [user] }).promptPrefix;
  t.equal(first, `${latin1(system)}\0${latin1(user)}`);
  t.equal(fieldsOf({ messages: [user, { role: 'assistant', content: 'Hi' }, user], system }).promptPrefix, first);
  t.not(fieldsOf({ system: 'Be rude.', messages: [user] }).promptPrefix, first);
  t.equal(fieldsOf({ messages: [user] }).promptPrefix, latin1(user));
  t.equal(fieldsOf({ system }).promptPrefix, undefined);
});

test('of a prompt longer than 256 KB both ends of either part are seen', async (t) => {
  const prefix =
    fieldsOf({ system: 'x'.repeat(500_000), messages: [{ role: 'user', content: 'y'.repeat(500_000) }] }).promptPrefix ?? '';
  t.ok(prefix.length < 270_000, `${prefix.length}`);
});
