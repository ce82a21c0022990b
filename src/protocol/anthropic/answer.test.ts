/** Answers: streams and whole bodies read, streams and whole bodies written, and both the same. */
import type { Message, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import fc from 'fast-check';
import { test } from 'tap';
import type { AnswerContext, AnswerSink, StopReason } from '../middle/answer.js';
import { seal, unseal } from '../middle/proof.js';
import { messages } from './dialect.js';

const CONTEXT: AnswerContext = { model: 'alias', includeUsage: true, answerId: 'a1', createdAt: 0 };
const USAGE = { input: 10, cachedInput: 3, cacheWrite: 2, output: 7, reasoning: 0 };
const WRITTEN_USAGE = { input_tokens: 5, cache_creation_input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 7 };

/** The calls that a reader makes, in order; pieces of one block joined. */
function recorder(): AnswerSink & { calls: unknown[][] } {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) =>
      void calls.push([name, ...args]);
  return {
    calls,
    begin: note('begin'),
    open: note('open'),
    text: (piece) => {
      const last = calls.at(-1);
      if (last?.[0] === 'text') last[1] += piece;
      else calls.push(['text', piece]);
    },
    signature: note('signature'),
    close: note('close'),
    usage: note('usage'),
    end: note('end'),
    fail: note('fail'),
  };
}

function readStream(events: readonly object[], named = true) {
  const sink = recorder();
  const reader = messages.createStreamReader(sink);
  for (const event of events) reader.event(named && 'type' in event ? String(event.type) : '', JSON.stringify(event));
  reader.close();
  return { calls: sink.calls, finished: reader.finished };
}

function readWhole(body: object) {
  const sink = recorder();
  return { told: messages.readWhole(body as Record<string, unknown>, sink), calls: sink.calls };
}

type Tell = (sink: AnswerSink) => void;

function writeStream(tell: Tell, context = CONTEXT): { events: RawMessageStreamEvent[]; names: string[]; text: string } {
  const writer = messages.createStreamWriter(context);
  tell(writer);
  const text = writer.take();
  const events = text.split('\n\n').filter((event) => event !== '');
  return {
    text,
    names: events.map((event) => event.split('\n')[0]?.slice('event: '.length) ?? ''),
    events: events.map((event) => JSON.parse(event.split('\ndata: ')[1] ?? '') as RawMessageStreamEvent),
  };
}

function writeWhole(tell: Tell, context = CONTEXT): Message | undefined {
  const writer = messages.createWholeWriter(context);
  tell(writer);
  return writer.body() as unknown as Message | undefined;
}

const stopping =
  (stop: StopReason, sequence?: string): Tell =>
  (sink) => {
    sink.begin({});
    sink.end(stop, sequence);
  };
const saying =
  (kind: 'text' | 'refusal', ...words: string[]): Tell =>
  (sink) => {
    sink.begin({});
    sink.open({ kind });
    for (const word of words) sink.text(word);
    sink.close();
    sink.end('end');
  };

const start = (usage: object = { input_tokens: 5, output_tokens: 1 }) => ({
  type: 'message_start',
  message: { id: 'msg_1', usage },
});
const block = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
const delta = (index: number, fields: object) => ({ type: 'content_block_delta', index, delta: fields });
const closed = (index: number) => ({ type: 'content_block_stop', index });
const ended = (stop_reason: string, more: object = {}) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null, ...more },
  usage: { output_tokens: 9 },
});
const stopped = { type: 'message_stop' };
const NO_USAGE = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };

test('a stream is told block by block, with or without event lines', async (t) => {
  const events = [
    start(),
    { type: 'ping' },
    block(0, { type: 'text', text: '' }),
    delta(0, { type: 'text_delta', text: 'Hel' }),
    delta(0, { type: 'text_delta', text: 'lo' }),
    closed(0),
    ended('end_turn'),
    stopped,
  ];
  for (const named of [true, false])
    t.same(readStream(events, named), {
      finished: true,
      calls: [
        ['begin', { id: 'msg_1' }],
        ['usage', { ...NO_USAGE, input: 5, output: 1 }],
        ['open', { kind: 'text' }],
        ['text', 'Hello'],
        ['close'],
        ['usage', { ...NO_USAGE, input: 5, output: 9 }],
        ['end', 'end', undefined],
      ],
    });
});

test('edge case 24: each reason to stop, unknown ones as a plain end', async (t) => {
  const meant = {
    end_turn: 'end',
    pause_turn: 'end',
    stop_sequence: 'stop-sequence',
    max_tokens: 'length',
    model_context_window_exceeded: 'length',
    tool_use: 'tool-use',
    refusal: 'refusal',
    new_reason: 'end',
  };
  for (const [reason, stop] of Object.entries(meant)) {
    t.equal(readStream([start(), ended(reason), stopped]).calls.at(-1)?.[1], stop, reason);
    t.equal(readWhole({ content: [], stop_reason: reason }).calls.at(-1)?.[1], stop, reason);
  }
});

test('edge case 27: the stop sequence that was met is told and written', async (t) => {
  t.same(readStream([start(), ended('stop_sequence', { stop_sequence: 'END' }), stopped]).calls.at(-1), [
    'end',
    'stop-sequence',
    'END',
  ]);
  t.match(writeWhole(stopping('stop-sequence', 'END')), { stop_reason: 'stop_sequence', stop_sequence: 'END' });
  t.match(writeWhole(stopping('end')), { stop_reason: 'end_turn', stop_sequence: null });
});

test('edge case 31: why the model refused is told beside what it said', async (t) => {
  const stop_details = { type: 'refusal', category: 'cyber', explanation: 'Not this.' };
  const told = [['open', { kind: 'refusal' }], ['text', 'Not this.'], ['close']];
  t.same(readStream([start(), ended('refusal', { stop_details }), stopped]).calls.slice(3, 6), told);
  t.same(readWhole({ content: [], stop_reason: 'refusal', stop_details }).calls.slice(1, 4), told);
});

test('edge case 32: tools that Anthropic ran itself are not told, and what was written has no gap', async (t) => {
  const events = [
    start(),
    block(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
    delta(0, { type: 'input_json_delta', partial_json: '{"q":1}' }),
    closed(0),
    block(1, { type: 'web_search_tool_result', tool_use_id: 's', content: [] }),
    closed(1),
    block(2, { type: 'text', text: '' }),
    delta(2, { type: 'text_delta', text: 'Found.' }),
    delta(2, { type: 'citations_delta', citation: {} }),
    closed(2),
    ended('end_turn'),
    stopped,
  ];
  const writer = messages.createStreamWriter(CONTEXT);
  const reader = messages.createStreamReader(writer);
  for (const event of events) reader.event('', JSON.stringify(event));
  const text = writer.take();
  t.match(text, /"index":0/);
  t.notMatch(text, /"index":[12]|"q"/);
  t.match(text, /Found\./);
});

test('edge case 34: pieces of input join to the arguments; a tool without any has none', async (t) => {
  const tool = (...deltas: string[]) => [
    start(),
    block(0, { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }),
    ...deltas.map((partial_json) => delta(0, { type: 'input_json_delta', partial_json })),
    closed(0),
    ended('tool_use'),
    stopped,
  ];
  const head = ['open', { kind: 'tool-call', id: 'toolu_1', name: 'look' }];
  t.same(readStream(tool('', '{"a"', ':1}')).calls.slice(2, 5), [head, ['text', '{"a":1}'], ['close']]);
  t.same(readStream(tool()).calls.slice(2, 4), [head, ['close']]);
  t.same(readWhole({ content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }] }).calls.slice(1, 3), [
    head,
    ['close'],
  ]);
  const whole = [
    start(),
    block(0, { type: 'tool_use', id: 'toolu_1', name: 'look', input: { a: 1 } }),
    closed(0),
    ended('tool_use'),
    stopped,
  ];
  t.same(readStream(whole).calls.slice(2, 5), [head, ['text', '{"a":1}'], ['close']], 'all of it with the start');
});

test('edge case 36: usage of start and delta is put together', async (t) => {
  const usages = readStream([
    start({ input_tokens: 5, cache_read_input_tokens: 4, output_tokens: 1 }),
    ended('end_turn'),
    stopped,
  ]).calls;
  t.same(usages.filter(([name]) => name === 'usage').at(-1), ['usage', { ...NO_USAGE, input: 9, cachedInput: 4, output: 9 }]);
});

test('edge case 38: a stream without message_stop but with a reason is complete, one without either is not', async (t) => {
  t.match(readStream([start(), ended('end_turn')]), { finished: true, calls: [['begin'], ['usage'], ['usage'], ['end']] });
  const cut = readStream([start(), block(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'Hel' })]);
  t.equal(cut.finished, false);
  t.notOk(cut.calls.some(([name]) => name === 'end' || name === 'close'));
  const twice = readStream([start(), ended('end_turn'), stopped, stopped, start(), ended('end_turn')]);
  t.equal(twice.calls.filter(([name]) => name === 'end').length, 1, 'what follows the end is not read');
});

test('a second answer in one stream is an upstream gone wrong', async (t) => {
  t.throws(() => readStream([start(), start()]), /second answer/);
});

test('edge case 39: pings, unknown events, unknown deltas and broken JSON are passed over', async (t) => {
  const reader = messages.createStreamReader(recorder());
  for (const data of ['', '[DONE]', '{"type":', '5', '{}', '{"type":"ping"}', '{"type":"new_event","x":1}'])
    reader.event('', data);
  const { calls, finished } = readStream([
    { type: 'new_event' },
    start(),
    block(0, { type: 'new_block' }),
    delta(0, { type: 'new_delta', x: 1 }),
    closed(0),
    ended('end_turn'),
    stopped,
  ]);
  t.same([finished, calls.map(([name]) => name)], [true, ['begin', 'usage', 'usage', 'end']]);
});

test('edge case 40: an error in the stream is told and ends it, and is written without message_stop', async (t) => {
  const failure = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const { calls, finished } = readStream([start(), failure, ended('end_turn'), stopped]);
  t.match(calls.at(-1), ['fail', { type: 'overloaded_error', message: 'Overloaded' }]);
  t.equal(finished, false);
  const { names, events } = writeStream((sink) => {
    sink.begin({});
    sink.open({ kind: 'text' });
    sink.text('Hel');
    sink.fail({ message: 'Busy', type: 'server_error', code: 'server_is_overloaded', param: null });
    sink.end('end');
  });
  t.same(names.slice(-1), ['error']);
  t.match(events.at(-1), { type: 'error', error: { type: 'api_error', message: 'Busy' } });
  t.equal(
    writeWhole((sink) => sink.fail({ message: 'x', type: null, code: null, param: null })),
    undefined,
  );
});

test('an answer that is none is told nothing, an error envelope within a 200 as one', async (t) => {
  for (const body of [{}, { choices: [] }, { type: 'message' }]) t.same(readWhole(body), { told: false, calls: [] });
  t.match(readWhole({ type: 'error', error: { type: 'api_error', message: 'm' } }), {
    told: true,
    calls: [['fail', { message: 'm' }]],
  });
});

test('edge case 42: thinking with its signature before the stop, hidden thinking whole', async (t) => {
  const content = [
    { type: 'thinking', thinking: 'Hm', signature: 'sig' },
    { type: 'redacted_thinking', data: 'hidden' },
    { type: 'thinking', thinking: '', signature: 'only' },
    { type: 'text', text: 'Hi' },
  ];
  const { calls } = readWhole({ content, stop_reason: 'end_turn' });
  t.match(calls.slice(1, 11), [
    ['open', { kind: 'thinking', maker: 'anthropic' }],
    ['text', 'Hm'],
    ['signature', 'sig'],
    ['close'],
    ['open', { kind: 'redacted-thinking', maker: 'anthropic', proof: 'hidden' }],
    ['close'],
    ['open', { kind: 'thinking' }],
    ['signature', 'only'],
    ['close'],
    ['open', { kind: 'text' }],
  ]);
  const { events } = writeStream((sink) => void messages.readWhole({ content, stop_reason: 'end_turn' }, sink));
  t.match(events.slice(1, 5), [
    { content_block: { type: 'thinking', thinking: '', signature: '' } },
    { delta: { type: 'thinking_delta', thinking: 'Hm' } },
    { delta: { type: 'signature_delta', signature: 'sig' } },
    { type: 'content_block_stop' },
  ]);
  t.match(events[5], { content_block: { type: 'redacted_thinking', data: 'hidden' } });
});

test('edge case 42: thought of another maker is sealed with its name, so that it finds its way back', async (t) => {
  const body = writeWhole((sink) => {
    sink.begin({});
    sink.open({ kind: 'thinking', maker: 'openai', id: 'rs_1' });
    sink.text('Hm');
    sink.signature('gAAA');
    sink.close();
    sink.open({ kind: 'thinking', maker: 'chat' });
    sink.text('Well');
    sink.close();
    sink.open({ kind: 'redacted-thinking', maker: 'openai', proof: 'gBBB' });
    sink.close();
    sink.end('end');
  });
  const [first, second, third] = body?.content ?? [];
  t.same(first?.type === 'thinking' && unseal(first.signature), { maker: 'openai', proof: 'gAAA', id: 'rs_1' });
  t.match(second, { thinking: 'Well', signature: seal({ maker: 'chat' }) });
  t.same(third?.type === 'redacted_thinking' && unseal(third.data), { maker: 'openai', proof: 'gBBB' });
});

const answer: Tell = (sink) => {
  sink.begin({ id: 'chatcmpl-1' });
  sink.open({ kind: 'text' });
  sink.text('Look');
  sink.text('ing.');
  sink.close();
  sink.open({ kind: 'tool-call', id: 'call_1', name: 'look' });
  sink.text('{"a":');
  sink.text('1}');
  sink.close();
  sink.open({ kind: 'tool-call', id: 'call_2', name: 'rest' });
  sink.close();
  sink.usage(USAGE);
  sink.end('tool-use');
};

test('edge case 32: the order of events is strict and their indices contiguous', async (t) => {
  const { names, events, text } = writeStream(answer);
  t.same(names, [
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'content_block_start',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'content_block_start',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
  t.same(
    names,
    events.map(({ type }) => type),
  );
  t.same(
    events.flatMap((event) => ('index' in event ? [event.index] : [])),
    [0, 0, 0, 0, 1, 1, 1, 1, 2, 2],
  );
  t.match(events[0], {
    message: { id: 'msg_a1', type: 'message', role: 'assistant', model: 'alias', content: [], stop_reason: null },
  });
  t.match(events[5], { content_block: { type: 'tool_use', id: 'call_1', name: 'look', input: {} } });
  t.match(events[11], { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: WRITTEN_USAGE });
  t.ok(text.endsWith('\n\n'));
  t.notMatch(text, /DONE/, 'the end of chat streams is none here');
});

test('edge case 35: indices count every block, of an upstream as of what is written', async (t) => {
  const tool = (index: number) => [
    block(index, { type: 'tool_use', id: `t${index}`, name: 'look', input: {} }),
    delta(index, { type: 'input_json_delta', partial_json: `{"n":${index}}` }),
    closed(index),
  ];
  const text = [block(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'a' }), closed(0)];
  const writer = messages.createStreamWriter(CONTEXT);
  const reader = messages.createStreamReader(writer);
  for (const event of [start(), ...text, ...tool(1), ...tool(2), ended('tool_use'), stopped])
    reader.event('', JSON.stringify(event));
  const starts = [...writer.take().matchAll(/"content_block_start","index":(\d),"content_block":\{"type":"(\w+)"/g)];
  t.same(
    starts.map(([, index, type]) => [index, type]),
    [
      ['0', 'text'],
      ['1', 'tool_use'],
      ['2', 'tool_use'],
    ],
  );
});

test('edge case 41: the first event may hold words already, and deltas may be empty', async (t) => {
  const { calls, finished } = readStream([
    block(0, { type: 'text', text: 'Hel' }),
    delta(0, { type: 'text_delta', text: '' }),
    delta(0, { type: 'text_delta', text: 'lo' }),
    closed(0),
    ended('end_turn'),
  ]);
  t.same(calls.slice(0, 4), [['begin', {}], ['open', { kind: 'text' }], ['text', 'Hello'], ['close']]);
  t.ok(finished);
});

test('a whole answer has the same blocks, tool input as objects', async (t) => {
  t.strictSame(writeWhole(answer), {
    id: 'msg_a1',
    type: 'message',
    role: 'assistant',
    model: 'alias',
    content: [
      { type: 'text', text: 'Looking.' },
      { type: 'tool_use', id: 'call_1', name: 'look', input: { a: 1 } },
      { type: 'tool_use', id: 'call_2', name: 'rest', input: {} },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: WRITTEN_USAGE,
  });
});

test('what an upstream says of its usage with the start is in message_start, and the start does not wait for more', async (t) => {
  const writer = messages.createStreamWriter(CONTEXT);
  writer.begin({});
  writer.usage({ input: 10, cachedInput: 3 });
  t.match(writer.take(), /^event: message_start\n.*"input_tokens":7,.*"cache_read_input_tokens":3/);
  t.equal(writer.take(), '');
  const silent = messages.createStreamWriter(CONTEXT);
  silent.begin({});
  t.match(silent.take(), /"input_tokens":0/);
});

test('names that had to be shortened come back as the client wrote them', async (t) => {
  const body = writeWhole(answer, { ...CONTEXT, toolNames: { look: 'mcp.look' } });
  t.match(body?.content[1], { name: 'mcp.look' });
});

test('edge case 26: the blocks decide why it stopped, and blocks of white space are none (edge case 14)', async (t) => {
  const tell =
    (stop: 'end' | 'tool-use', call: boolean): Tell =>
    (sink) => {
      sink.begin({});
      sink.open({ kind: 'text' });
      sink.text('\n');
      sink.text(' ');
      sink.close();
      if (call) answerCall(sink);
      sink.end(stop);
    };
  const answerCall: Tell = (sink) => {
    sink.open({ kind: 'tool-call', id: 'c', name: 'look' });
    sink.close();
  };
  t.match(writeWhole(tell('end', true)), { content: [{ type: 'tool_use' }], stop_reason: 'tool_use' });
  t.match(writeWhole(tell('tool-use', false)), { content: [], stop_reason: 'end_turn' });
  t.match(writeStream(tell('end', true)).events[1], { index: 0, content_block: { type: 'tool_use' } });
  const said = writeWhole(saying('text', '\n', 'a '));
  t.match(said?.content, [{ text: '\na ' }], 'leading space of a text with words stays');
});

test('edge case 25: a refusal is text, and the reason, in the stream as in the whole', async (t) => {
  const tell = saying('refusal', 'No.');
  t.match(writeWhole(tell), { content: [{ type: 'text', text: 'No.' }], stop_reason: 'refusal' });
  t.match(writeStream(tell).events.at(-2), { delta: { stop_reason: 'refusal' } });
  for (const [stop, reason] of [
    ['length', 'max_tokens'],
    ['refusal', 'refusal'],
    ['stop-sequence', 'stop_sequence'],
  ] as const)
    t.match(writeWhole(stopping(stop)), { stop_reason: reason });
});

test('edge case 5: whole input that is no JSON stays readable', async (t) => {
  const body = writeWhole((sink) => {
    sink.begin({});
    sink.open({ kind: 'tool-call', id: 'c', name: 'look' });
    sink.text('{"a":"unfin');
    sink.close();
    sink.end('length');
  });
  t.match(body, { content: [{ input: { raw_input: '{"a":"unfin' } }], stop_reason: 'max_tokens' });
});

/** What the SDK's `MessageStream` makes of events, in short. */
function assembled(events: readonly RawMessageStreamEvent[]): unknown {
  let message: Record<string, unknown> = {};
  const content: Record<string, unknown>[] = [];
  for (const event of events) {
    if (event.type === 'message_start') message = { ...event.message };
    else if (event.type === 'content_block_start') content[event.index] = { ...event.content_block, json: '' };
    else if (event.type === 'message_delta') message = { ...message, ...event.delta, usage: event.usage };
    else if (event.type === 'content_block_delta') {
      const at = content[event.index] ?? {};
      const { delta: piece } = event;
      if (piece.type === 'text_delta') at.text = `${at.text}${piece.text}`;
      else if (piece.type === 'thinking_delta') at.thinking = `${at.thinking}${piece.thinking}`;
      else if (piece.type === 'signature_delta') at.signature = piece.signature;
      else if (piece.type === 'input_json_delta') at.json = `${at.json}${piece.partial_json}`;
    }
  }
  const blocks = content.map(({ json, ...at }) => (json ? { ...at, input: JSON.parse(String(json)) as unknown } : at));
  return { ...message, content: blocks };
}

const piece = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const pieces = fc.array(piece, { maxLength: 4 });
const block_ = fc.oneof(
  fc.record({ head: fc.constantFrom({ kind: 'text' }, { kind: 'refusal' } as const), pieces, proof: fc.constant(undefined) }),
  fc.record({
    head: fc.record({ kind: fc.constant('thinking'), maker: fc.constantFrom('anthropic', 'openai', 'chat') }),
    pieces,
    proof: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  }),
  fc.record({
    head: fc.record({ kind: fc.constant('tool-call'), id: fc.string(), name: fc.string() }),
    pieces: fc.jsonValue().map((value) => JSON.stringify({ value }).match(/.{1,5}/gsu) ?? []),
    proof: fc.constant(undefined),
  }),
);

test('edge case 44: stream and whole answer agree block for block, and reading them back tells the same', async () => {
  const stops = fc.constantFrom('end', 'length', 'tool-use', 'refusal', 'stop-sequence');
  fc.assert(
    fc.property(fc.array(block_, { maxLength: 5 }), stops, fc.nat(), (blocks, stop, output) => {
      const tell: Tell = (sink) => {
        sink.begin({ id: 'x' });
        for (const { head, pieces: words, proof } of blocks) {
          sink.open(head as Parameters<AnswerSink['open']>[0]);
          for (const word of words) sink.text(word);
          if (proof !== undefined) sink.signature(proof);
          sink.close();
        }
        sink.usage({ ...USAGE, output });
        sink.end(stop as Parameters<AnswerSink['end']>[0]);
      };
      const { events } = writeStream(tell);
      const whole = writeWhole(tell);
      const parity = JSON.stringify(assembled(events)) === JSON.stringify(whole);
      const withoutUsage = (calls: unknown[][]) => JSON.stringify(calls.filter(([name]) => name !== 'usage'));
      return parity && withoutUsage(readStream(events).calls) === withoutUsage(readWhole(whole ?? {}).calls);
    }),
  );
});
