import { test } from 'tap';
import { anthropic } from './index.js';
import { UsageTally, usageOf, writeUsage } from './usage.js';

const readUsage = (body: string) => anthropic.inspectAnswer(body)?.usage;

const NONE = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };

test('edge case 28: input counts what was read from the cache and written to it', async (t) => {
  const usage = { input_tokens: 10, cache_read_input_tokens: 80, cache_creation_input_tokens: 5, output_tokens: 7 };
  const want = { ...NONE, input: 95, cachedInput: 80, cacheWrite: 5, output: 7 };
  t.same(usageOf(usage), want);
  t.same(readUsage(JSON.stringify({ content: [{ type: 'text', text: '"usage":{}' }], usage })), want);
  t.same(writeUsage(want), usage, 'and the way back');
});

test('edge case 28: more cached than there was input is nothing left, never less', async (t) => {
  t.match(writeUsage({ input: 5, cachedInput: 8 }), { input_tokens: 0, cache_read_input_tokens: 8 });
});

test('edge case 29: thinking is part of the output, told beside it', async (t) => {
  const usage = { input_tokens: 1, output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } };
  t.match(usageOf(usage), { output: 9, reasoning: 4 });
  t.match(writeUsage({ output: 9, reasoning: 4 }), { output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } });
});

test('edge case 36: of start and deltas the last number counts, null counts as not said', async (t) => {
  const tally = new UsageTally();
  t.equal(tally.usage, undefined);
  tally.add({ input_tokens: 10, cache_read_input_tokens: 3, output_tokens: 1 });
  tally.add({ input_tokens: null, cache_read_input_tokens: null, output_tokens: 20 });
  tally.add({ output_tokens: 25 });
  t.same(tally.usage, { ...NONE, input: 13, cachedInput: 3, output: 25 });
});

test('an answer without usage has none', async (t) => {
  for (const body of ['{}', '{"usage":null}', '{"usage":5}', '', '<html>']) t.equal(readUsage(body), undefined, body);
});
