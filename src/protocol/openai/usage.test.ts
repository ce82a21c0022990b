import { test } from 'tap';
import { openai } from './index.js';
import { usageOf, writeUsage } from './usage.js';

const readUsage = (body: string) => openai.inspectAnswer(body)?.usage;

const NONE = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };

test('tokens of a chat answer are read with their details', async (t) => {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 50,
    total_tokens: 150,
    prompt_tokens_details: { cached_tokens: 80, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 30 },
  };
  const want = { input: 100, cachedInput: 80, cacheWrite: 0, output: 50, reasoning: 30 };
  t.strictSame(usageOf(usage), want);
  t.strictSame(readUsage(JSON.stringify({ id: 'x', choices: [{ message: { content: '"usage":{}' } }], usage })), want);
});

test('embeddings have input only', async (t) => {
  const body = JSON.stringify({ data: [{ embedding: [0.5, -1e-7] }], usage: { prompt_tokens: 8, total_tokens: 8 } });
  t.strictSame(readUsage(body), { ...NONE, input: 8 });
});

test('an answer without usage, or with null, has none', async (t) => {
  for (const body of [
    '{}',
    '{"usage":null}',
    '{"usage":[]}',
    '{"usage":5}',
    '{"choices":[{"usage":{"prompt_tokens":1}}]}',
    '',
    '<html>',
    '{"usage":{',
  ])
    t.equal(readUsage(body), undefined, body);
  for (const value of [undefined, null, 5, 'x', []]) t.equal(usageOf(value), undefined);
});

test('counts that are none count as nothing', async (t) => {
  for (const odd of [-5, '5', null, {}, Number.NaN, Number.POSITIVE_INFINITY])
    t.strictSame(
      usageOf({ prompt_tokens: odd, completion_tokens: odd, prompt_tokens_details: odd, completion_tokens_details: null }),
      NONE,
    );
});

test('edge case 28: input is written with the cached tokens in it, cache writes beside them', async (t) => {
  const usage = { input: 100, cachedInput: 60, cacheWrite: 10, output: 20, reasoning: 15 };
  t.strictSame(writeUsage(usage), {
    prompt_tokens: 100,
    completion_tokens: 20,
    total_tokens: 120,
    prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
    completion_tokens_details: { reasoning_tokens: 15 },
  });
  t.strictSame(usageOf(writeUsage(usage)), usage, 'and read back the same');
});

test('edge case 29: reasoning is part of the output and never added to it; the total is made anew', async (t) => {
  t.match(writeUsage({ input: 1, output: 9, reasoning: 9 }), { completion_tokens: 9, total_tokens: 10 });
  t.match(writeUsage({ output: 3 }), { prompt_tokens: 0, total_tokens: 3, completion_tokens_details: { reasoning_tokens: 0 } });
});
