import { test } from 'tap';
import { CHUNKED_END, converse, eventsOf, startMock } from '../testing.js';

const TOOLS = ['look', 'count'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}));
const chat = (text: string, more: object = {}) => ({
  model: 'mock-script',
  messages: [{ role: 'user', content: text }],
  ...more,
});

test('interleaved calls come a piece of each in turn', async (t) => {
  const { port } = await startMock(t);
  const { text } = await converse(port, chat('[[tools interleaved]]', { stream: true, tools: TOOLS }), { until: CHUNKED_END });
  const deltas = eventsOf(text)
    .filter((data) => data !== '[DONE]')
    .flatMap((data) => JSON.parse(data).choices[0]?.delta.tool_calls ?? []);
  t.same(
    deltas.map(({ index }) => index),
    [0, 1, 0, 1, 0, 1, 0, 1],
  );
  const inputs = [0, 1].map((wanted) => deltas.filter(({ index }) => index === wanted).map((call) => call.function.arguments));
  t.same(
    inputs.map((pieces) => JSON.parse(pieces.join(''))),
    [{ city: 'Paris' }, { city: 'Tokyo' }],
  );
});

test('an error in the middle comes after words and before any end; an overloaded 200 has no words', async (t) => {
  const { port } = await startMock(t);
  const ask = async (directive: string) => (await converse(port, chat(directive, { stream: true }), { until: CHUNKED_END })).text;
  const broken = eventsOf(await ask('[[error mid-stream]]'));
  t.match(broken.at(-1), /^\{"error":/);
  t.match(broken.join(), /"content":"Hello /);
  t.notMatch(broken.join(), /DONE|finish_reason":"/);
  t.match(eventsOf(await ask('[[overloaded in 200]]')), [/^\{"error":/]);
});

test('text of many bytes arrives cut inside its characters and whole', async (t) => {
  const { port } = await startMock(t);
  const { text } = await converse(port, chat('[[unicode]]', { stream: true }), { until: CHUNKED_END });
  const words = eventsOf(Buffer.from(text.replaceAll(/\r\n[0-9a-f]+\r\n/g, ''), 'latin1').toString('utf8'));
  t.notMatch(words.join(), /\ufffd/);
  t.match(text, /\r\n7\r\n/);
});

test('echo tells what arrived, a status is answered as asked', async (t) => {
  const { port } = await startMock(t);
  const body = chat('[[echo]] hello', { tools: TOOLS, tool_choice: 'required', temperature: 1.5, stop: 'x', user: 'u' });
  const { text } = await converse(port, body, { until: '"fp_mock"}' });
  const answer = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
  t.match(JSON.parse(answer.choices[0].message.content), {
    userTexts: ['[[echo]] hello'],
    tools: [{ name: 'look' }, { name: 'count' }],
    ...{ toolChoice: 'required', temperature: 1.5, stop: ['x'], user: 'u' },
  });
  t.match((await converse(port, chat('[[status 429]]'), { until: '}}' })).text, /^HTTP\/1.1 429 [\s\S]*retry-after: 1/i);
});
