import { test } from 'tap';
import { costOfEstimate, estimateOf } from './admission-estimate.js';
import { CHAT_COMPLETIONS, EMBEDDINGS, MESSAGES } from './route.js';

const body = (value: object) => Buffer.from(JSON.stringify(value));
const chat = (more: object, content: unknown = 'hello') => body({ model: 'm', messages: [{ role: 'user', content }], ...more });
const BASE64 = 'A'.repeat(400_000);

test('text is four bytes a token, the answer what is asked for at most, within bounds', async (t) => {
  t.ok(Math.abs(estimateOf(CHAT_COMPLETIONS, chat({}, 'x'.repeat(40_000))).input - 10_000) < 50);
  t.equal(estimateOf(CHAT_COMPLETIONS, chat({ max_tokens: 12 })).output, 12);
  t.equal(estimateOf(CHAT_COMPLETIONS, chat({ max_completion_tokens: 300 })).output, 300);
  t.equal(estimateOf(CHAT_COMPLETIONS, chat({ max_output_tokens: 900_000 })).output, 4_096);
  t.equal(estimateOf(CHAT_COMPLETIONS, chat({})).output, 1_000);
  t.equal(estimateOf(EMBEDDINGS, body({ model: 'm', input: 'text' })).output, 0);
});

test('the wish for an output is found at either end of a long body, and not in what a user says', async (t) => {
  const long = 'x'.repeat(100_000);
  t.equal(estimateOf(CHAT_COMPLETIONS, chat({ max_tokens: 7 }, long)).output, 7);
  t.equal(
    estimateOf(CHAT_COMPLETIONS, body({ max_tokens: 8, model: 'm', messages: [{ role: 'user', content: long }] })).output,
    8,
  );
  t.equal(estimateOf(CHAT_COMPLETIONS, chat({}, 'send "max_tokens": 5 please')).output, 1_000);
});

test('pictures and files count as such and not by their bytes', async (t) => {
  const openai = chat({}, [{ type: 'image_url', image_url: { url: `data:image/png;base64,${BASE64}` } }]);
  const source = { type: 'base64', media_type: 'image/png', data: BASE64 };
  const anthropic = chat({}, [
    { type: 'image', source },
    { type: 'text', text: 'what is this?' },
  ]);
  t.ok(estimateOf(CHAT_COMPLETIONS, openai).input < 1_700, 'OpenAI');
  t.ok(estimateOf(MESSAGES, anthropic).input < 1_700, 'Anthropic');
  const two = chat({}, [
    { type: 'image', source },
    { type: 'image', source },
  ]);
  t.ok(estimateOf(MESSAGES, two).input > 2_900 && estimateOf(MESSAGES, two).input < 3_300);
});

test('a body full of the word that marks files is read in time, as text', async (t) => {
  const many = chat({}, 'base64 "base64" '.repeat(20_000));
  t.ok(estimateOf(MESSAGES, many).input > 50_000);
});

test('the guess has the price of its model', async (t) => {
  t.equal(costOfEstimate({ input: 1_000, output: 100 }, { input: 10, output: 40 }), 0.014);
  t.equal(costOfEstimate({ input: 1_000, output: 100 }, undefined), 0);
});
