/** The scripted model refuses what the real provider would: one table for each API, each fault with the field it names. */
import { type Test, test } from 'tap';
import { startMock } from '../testing.js';
import { hideThought, signThought } from './proof.js';

type Body = Record<string, unknown>;
interface Case {
  body: Body;
  /** The field that the answer must name. */
  names: RegExp;
}

const HELLO = { role: 'user', content: 'hi' };
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } };
const TOOL = { name: 'look', input_schema: SCHEMA };
const CALL = { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} };
const RESULT = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' };
const THINKING = { max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 1024 } };
const mark = (text: string) => ({ type: 'text', text, cache_control: { type: 'ephemeral' } });

async function mustRefuse(t: Test, path: string, good: Body, cases: Record<string, Case>): Promise<void> {
  const { port } = await startMock(t, '--body-limit=1mb');
  const headers = { 'anthropic-version': '2023-06-01' };
  const send = (body: Body) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ model: 'mock-script', ...body }),
    });
  const accepted = await send(good);
  t.equal(accepted.status, 200, `the good request is taken: ${await accepted.text()}`);
  for (const [name, { body, names }] of Object.entries(cases)) {
    const answer = await send({ ...good, ...body });
    const text = await answer.text();
    t.equal(answer.status, 400, `${name}: ${text}`);
    t.match(text, names, name);
  }
}

test('Messages: a request that the API refuses is refused, the field named', async (t) => {
  await mustRefuse(
    t,
    '/v1/messages',
    { max_tokens: 50, messages: [HELLO] },
    {
      'no max_tokens': { body: { max_tokens: undefined }, names: /max_tokens: Field required/ },
      'an unknown member': { body: { frequency_penalty: 1 }, names: /frequency_penalty: Extra inputs/ },
      'an assistant first': { body: { messages: [{ role: 'assistant', content: 'x' }] }, names: /messages\.0\.role/ },
      'a role twice': { body: { messages: [HELLO, HELLO] }, names: /messages\.1\.role: roles must alternate/ },
      'an empty text': {
        body: { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] },
        names: /messages\.0\.content\.0\.text/,
      },
      'a blank text': { body: { messages: [{ role: 'user', content: [{ type: 'text', text: ' ' }] }] }, names: /non-whitespace/ },
      'null for absent': { body: { system: null }, names: /system: must not be null/ },
      'five cache marks': { body: { system: ['a', 'b', 'c', 'd', 'e'].map(mark) }, names: /maximum of 4/ },
      'an id with a dot': {
        body: { messages: [HELLO, { role: 'assistant', content: [{ ...CALL, id: 'a.b' }] }] },
        names: /content\.0\.id/,
      },
      'a call without result': {
        body: { messages: [HELLO, { role: 'assistant', content: [CALL] }, HELLO] },
        names: /without tool_result/,
      },
      'a result after text': {
        body: {
          messages: [
            HELLO,
            { role: 'assistant', content: [CALL] },
            { role: 'user', content: [{ type: 'text', text: 'x' }, RESULT] },
          ],
        },
        names: /must come first/,
      },
      'a result of nothing': { body: { messages: [{ role: 'user', content: [RESULT] }] }, names: /unexpected tool_use_id/ },
      'temperature 1.5': { body: { temperature: 1.5 }, names: /temperature/ },
      'a small budget': {
        body: { max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 1000 } },
        names: /budget_tokens/,
      },
      'a budget above max_tokens': {
        body: { max_tokens: 1024, thinking: THINKING.thinking },
        names: /max_tokens: must be greater/,
      },
      'a forced tool with thinking': {
        body: { ...THINKING, tools: [TOOL], tool_choice: { type: 'any' } },
        names: /tool_choice: Thinking/,
      },
      'a choice of no tool': {
        body: { tools: [TOOL], tool_choice: { type: 'tool', name: 'other' } },
        names: /tool_choice\.name/,
      },
      'a forged signature': {
        body: { messages: [HELLO, { role: 'assistant', content: [{ type: 'thinking', thinking: 'x', signature: 'y' }] }] },
        names: /signature: Invalid/,
      },
      'thinking left out of the turn that called': {
        body: { ...THINKING, messages: [HELLO, { role: 'assistant', content: [CALL] }, { role: 'user', content: [RESULT] }] },
        names: /must start with a thinking block/,
      },
      'a blank stop sequence': { body: { stop_sequences: [' '] }, names: /stop_sequences/ },
    },
  );
});

test('Messages: thoughts that this model signed are taken back', async (t) => {
  const { port } = await startMock(t);
  const thought = { type: 'thinking', thinking: 'hm', signature: signThought('hm') };
  const hidden = { type: 'redacted_thinking', data: hideThought('1') };
  const messages = [HELLO, { role: 'assistant', content: [thought, hidden, CALL] }, { role: 'user', content: [RESULT] }];
  const response = await fetch(`http://127.0.0.1:${port}/v1/messages`, {
    method: 'POST',
    headers: { 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ model: 'mock-script', ...THINKING, tools: [TOOL], messages }),
  });
  const answer = (await response.json()) as { content: { text: string }[] };
  t.match(JSON.parse(answer.content[0]!.text), { thoughts: 2, results: [{ name: 'look', text: 'x' }] });
});

const CHAT_CALL = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };
const CHAT_TOOL = { type: 'function', function: { name: 'look', parameters: SCHEMA } };

test('chat: a request that the API refuses is refused, the field named', async (t) => {
  const called = { role: 'assistant', content: null, tool_calls: [CHAT_CALL] };
  await mustRefuse(
    t,
    '/v1/chat/completions',
    { messages: [HELLO], stop: null },
    {
      'an unknown member': { body: { top_k: 4 }, names: /"param":"top_k"/ },
      'an empty content list': { body: { messages: [{ role: 'user', content: [] }] }, names: /messages\[0\]\.content/ },
      'a call without result': { body: { messages: [HELLO, called, HELLO] }, names: /did not have response messages: call_1/ },
      'a result of nothing': {
        body: { messages: [{ role: 'tool', tool_call_id: 'x', content: 'y' }] },
        names: /messages\[0\]\.tool_call_id/,
      },
      'an unknown part': {
        body: { messages: [{ role: 'user', content: [{ type: 'image', source: {} }] }] },
        names: /content\[0\]\.type/,
      },
      'a choice of no tool': {
        body: { tools: [CHAT_TOOL], tool_choice: { type: 'function', function: { name: 'other' } } },
        names: /"param":"tool_choice"/,
      },
      'a choice without tools': { body: { tool_choice: 'auto' }, names: /tool_choice/ },
      'parallel without tools': { body: { parallel_tool_calls: false }, names: /parallel_tool_calls/ },
      'no tools in the list': { body: { tools: [] }, names: /tools/ },
      'five stop sequences': { body: { stop: ['a', 'b', 'c', 'd', 'e'] }, names: /stop/ },
      'two limits': { body: { max_tokens: 1, max_completion_tokens: 1 }, names: /at the same time/ },
      'usage asked of no stream': { body: { stream_options: { include_usage: true } }, names: /stream_options/ },
      'a thought of another': {
        body: { messages: [HELLO, { role: 'assistant', content: 'x', reasoning_content: 'y' }] },
        names: /reasoning_content/,
      },
      'an id too long': {
        body: { messages: [HELLO, { ...called, tool_calls: [{ ...CHAT_CALL, id: 'x'.repeat(41) }] }] },
        names: /tool_calls\[0\]\.id/,
      },
      'a cache mark': { body: { messages: [{ role: 'user', content: [mark('x')] }] }, names: /cache_control/ },
    },
  );
});

test('Responses: a request that the API refuses is refused, the field named', async (t) => {
  const user = { role: 'user', content: 'hi' };
  const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: hideThought('1') };
  await mustRefuse(
    t,
    '/v1/responses',
    { input: [user] },
    {
      'stop sequences': { body: { stop: ['x'] }, names: /"param":"stop"/ },
      'an earlier response': { body: { previous_response_id: 'resp_1' }, names: /previous_response_id/ },
      'too small a limit': { body: { max_output_tokens: 10 }, names: /max_output_tokens/ },
      'a call without output': {
        body: { input: [user, { type: 'function_call', call_id: 'c', name: 'look', arguments: '{}' }] },
        names: /No tool output/,
      },
      'an output of nothing': {
        body: { input: [{ type: 'function_call_output', call_id: 'c', output: 'x' }] },
        names: /input\[0\]\.call_id/,
      },
      'forged reasoning': {
        body: {
          input: [
            { ...reasoning, encrypted_content: 'x' },
            { role: 'assistant', content: 'y' },
          ],
        },
        names: /encrypted_content/,
      },
      'reasoning without what it led to': { body: { input: [reasoning, user] }, names: /required following item/ },
      'an id of another kind': { body: { input: [{ ...reasoning, id: 'x' }] }, names: /begins with 'rs'/ },
      'a nested tool': { body: { tools: [CHAT_TOOL] }, names: /tools\[0\]\.function/ },
      'a chat part': { body: { input: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] }, names: /content\[0\]\.type/ },
    },
  );
});
