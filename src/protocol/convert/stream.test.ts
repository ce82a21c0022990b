/** A stream of each dialect as each of the others, cut anywhere: the client's bytes are the same, and there is one end. */
import fc from 'fast-check';
import { test } from 'tap';
import { messages } from '../anthropic/index.js';
import type { Dialect } from '../middle/dialect.js';
import { chat } from '../openai/index.js';
import { responses } from '../responses/index.js';
import { decoded, encoded } from '../sse-parser.js';
import { StreamConversion } from './stream.js';

const DIALECTS = { chat, messages, responses } as const;
type Name = keyof typeof DIALECTS;
const NAMES = Object.keys(DIALECTS) as Name[];
const WORDS = ['Grüße ', '你好 ', '🌊👩‍👩‍👧‍👦', '\\n\\n\u2028', ' data: [DONE]', ' DONE'];

const data = (value: unknown) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
const typed = (type: string, more: object) => `event: ${type}\n${data({ type, ...more })}`;
const chunk = (delta: object, finish: string | null = null) => data({ choices: [{ index: 0, delta, finish_reason: finish }] });

/** Comments, pings, empty and unknown events stand between; the chat stream begins as Azure's does. */
const STREAMS: Record<Name, { readonly body: string; readonly end: string }> = {
  chat: {
    body:
      ': OPENROUTER PROCESSING\n\n' +
      data({ choices: [], prompt_filter_results: [{}] }) +
      chunk({ role: 'assistant', content: '' }) +
      WORDS.map((content) => chunk({ content })).join('') +
      'data:\n\ndata: DONE\n\n' +
      chunk({ content: null }) +
      chunk({ tool_calls: [{ index: 0, id: 'call_1', function: { name: 'weather', arguments: '' } }] }) +
      [...'{"city":"Zürich"}'].map((piece) => chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] })).join(''),
    end: chunk({}, 'tool_calls') + data({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 9 } }) + data('[DONE]'),
  },
  messages: {
    body:
      typed('message_start', { message: { id: 'msg_1', usage: { input_tokens: 7, output_tokens: 1 } } }) +
      typed('ping', {}) +
      typed('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
      WORDS.map((text) => data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })).join('') +
      typed('novelty', { a: 1 }) +
      typed('content_block_stop', { index: 0 }) +
      typed('content_block_start', { index: 1, content_block: { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} } }) +
      [...'{"city":"Zürich"}']
        .map((piece) => typed('content_block_delta', { index: 1, delta: { type: 'input_json_delta', partial_json: piece } }))
        .join('') +
      typed('content_block_stop', { index: 1 }),
    end: typed('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } }) + typed('message_stop', {}),
  },
  responses: {
    body:
      typed('response.created', { sequence_number: 0, response: { id: 'resp_1' } }) +
      typed('response.output_item.added', {
        output_index: 0,
        item: { type: 'message', id: 'm', role: 'assistant', content: [] },
      }) +
      WORDS.map((delta) => typed('response.output_text.delta', { output_index: 0, content_index: 0, item_id: 'm', delta })).join(
        '',
      ) +
      typed('codex.rate_limits', {}) +
      typed('response.output_item.done', {
        output_index: 0,
        item: { type: 'message', id: 'm', role: 'assistant', content: [{ type: 'output_text', text: WORDS.join('') }] },
      }) +
      typed('response.output_item.added', {
        output_index: 1,
        item: { type: 'function_call', id: 'f', call_id: 'call_1', name: 'weather', arguments: '' },
      }) +
      [...'{"city":"Zürich"}']
        .map((delta) => typed('response.function_call_arguments.delta', { output_index: 1, item_id: 'f', delta }))
        .join('') +
      typed('response.output_item.done', {
        output_index: 1,
        item: { type: 'function_call', id: 'f', call_id: 'call_1', name: 'weather', arguments: '{"city":"Zürich"}' },
      }),
    end: typed('response.completed', {
      response: { id: 'resp_1', status: 'completed', usage: { input_tokens: 7, output_tokens: 9 } },
    }),
  },
};

interface Converted {
  readonly text: string;
  readonly finished: boolean;
  readonly errorSeen: boolean;
}

function convert(from: Name, to: Dialect, pieces: readonly string[]): Converted {
  const conversion = new StreamConversion(DIALECTS[from], to, { model: 'm', includeUsage: true, answerId: 'a1', createdAt: 1 });
  const text = pieces.map((piece) => conversion.push(piece)).join('') + conversion.flush();
  return { text: decoded(text), finished: conversion.finished, errorSeen: conversion.errorSeen };
}

function cut(text: string, places: readonly number[]): string[] {
  const borders = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return borders.slice(1).map((end, index) => text.slice(borders[index], end));
}

const PAIRS = NAMES.flatMap((from) => NAMES.map((to) => [from, to] as const));
const ENDS: Record<Name, RegExp> = {
  chat: /data: \[DONE\]\n\n/g,
  messages: /^event: message_stop$/gm,
  responses: /^event: response\.completed$/gm,
};

for (const [from, to] of PAIRS)
  test(`${from} as ${to}: the same bytes however they are cut and whatever ends the lines, and one end`, async (t) => {
    const stream = STREAMS[from].body + STREAMS[from].end;
    const bytes = encoded(stream);
    const whole = convert(from, DIALECTS[to], [bytes]);
    t.match(whole, { finished: true, errorSeen: false });
    t.notMatch(whole.text, /\ufffd/);
    t.equal(whole.text.match(ENDS[to])?.length, 1, 'one end');
    for (const word of WORDS) t.ok(whole.text.includes(JSON.stringify(word).slice(1, -1)), word);
    t.same(convert(from, DIALECTS[to], [...bytes]), whole, 'byte by byte');
    for (const end of ['\r\n', '\r'])
      t.same(convert(from, DIALECTS[to], [...bytes.replaceAll('\n', end)]), whole, JSON.stringify(end));
    t.same(convert(from, DIALECTS[to], [bytes.slice(0, -2)]), whole, 'without the last empty line');
    t.same(convert(from, DIALECTS[to], [bytes + bytes.slice(-200)]).text, whole.text, 'what comes behind the end is nothing');
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 10 }), (places) => {
        return JSON.stringify(convert(from, DIALECTS[to], cut(bytes, places))) === JSON.stringify(whole);
      }),
      { numRuns: 100 },
    );
  });

for (const [from, to] of PAIRS)
  test(`${from} as ${to}: an end within the answer is no end, wherever it is cut`, async (t) => {
    const bytes = encoded(STREAMS[from].body);
    for (const length of [bytes.length, bytes.length - 1, Math.floor(bytes.length / 2), 40]) {
      const { text, finished } = convert(from, DIALECTS[to], [bytes.slice(0, length)]);
      t.notOk(finished, `${length}`);
      t.equal(text.match(ENDS[to]), null);
      t.notMatch(text, /\ufffd/);
    }
  });

test('an error event is told once in the words of the client, first or in the middle, and nothing follows', async (t) => {
  const errors: Record<Name, string> = {
    chat: data({ error: { message: 'Too much.', type: 'server_error', code: null, param: null } }),
    messages: typed('error', { error: { type: 'overloaded_error', message: 'Too much.' } }),
    responses: typed('response.failed', { response: { id: 'r', error: { code: 'server_error', message: 'Too much.' } } }),
  };
  for (const [from, to] of PAIRS)
    for (const before of ['', STREAMS[from].body]) {
      const { text, errorSeen } = convert(from, DIALECTS[to], [encoded(before + errors[from] + STREAMS[from].end)]);
      t.ok(errorSeen, `${from} ${to}`);
      // Responses says it in the event and in the response that it holds.
      t.match(text.match(/Too much\./g)?.length, to === 'responses' ? /[12]/ : /^1$/, `${from} ${to}: ${text.slice(-300)}`);
      t.equal(text.match(ENDS[to]), null, `${from} ${to}`);
    }
});
