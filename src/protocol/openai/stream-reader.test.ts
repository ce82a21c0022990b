import type OpenAI from 'openai';
import { test } from 'tap';
import type { AnswerSink, BlockHead, StopReason } from '../middle/answer.js';
import { readWhole } from './read-whole.js';
import { ChatStreamReader } from './stream-reader.js';

/** Writes down what it is told, pieces of one block joined. */
class Told implements AnswerSink {
  readonly log: unknown[] = [];
  readonly pieces: string[] = [];
  begin(head: { id?: string }): void {
    this.log.push(['begin', head.id]);
  }
  open(block: BlockHead): void {
    const { kind, ...rest } = block;
    this.log.push([kind, rest, '']);
  }
  text(piece: string): void {
    this.pieces.push(piece);
    (this.log.at(-1) as string[])[2] += piece;
  }
  signature(proof: string): void {
    (this.log.at(-1) as string[])[3] = proof;
  }
  close(): void {
    (this.log.at(-1) as string[]).push('closed');
  }
  usage(usage: object): void {
    this.log.push(usage);
  }
  end(...stop: [StopReason, string?]): void {
    this.log.push(['end', ...stop]);
  }
  fail(error: object): void {
    this.log.push(['fail', error]);
  }
}

type Delta = Partial<Omit<OpenAI.ChatCompletionChunk.Choice.Delta, 'tool_calls'>> & Record<string, unknown>;

const chunk = (delta: Delta, finish: string | null = null, more: object = {}) =>
  JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }], ...more });

function started() {
  const told = new Told();
  return { told, reader: new ChatStreamReader(told) };
}

/** What is told of these events, then `[DONE]`. */
function read(...events: string[]): unknown[] {
  const { told, reader } = started();
  for (const data of [...events, '[DONE]']) reader.event('', data);
  return told.log;
}

function readAll(message: object, finish: string | null = 'stop', more: object = {}): unknown[] {
  const told = new Told();
  readWhole({ id: 'c1', choices: [{ index: 0, message, finish_reason: finish }], ...more }, told);
  return told.log;
}

const call = (index: number, said: object, id?: string) => ({
  tool_calls: [{ index, ...(id !== undefined && { id }), function: said }],
});
const toolBlock = (id: string, name: string, input: string) => ['tool-call', { id, name }, input, 'closed'];
const textBlock = (text: string) => ['text', {}, text, 'closed'];

test('text is told piece by piece as it comes, between one begin and one end', async (t) => {
  const { told, reader } = started();
  reader.event('', chunk({ role: 'assistant', content: '' }));
  t.strictSame(told.log, [['begin', 'c1']]);
  reader.event('', chunk({ content: 'Hel' }));
  t.strictSame(told.pieces, ['Hel']);
  reader.event('', chunk({ content: 'lo' }));
  reader.event('', chunk({}, 'stop'));
  t.ok(reader.finished);
  reader.event('', '[DONE]');
  reader.event('', chunk({ content: 'after the end' }));
  t.strictSame(told.log, [['begin', 'c1'], textBlock('Hello'), ['end', 'end']]);
});

test('edge case 41: content and even the end may come in the first chunk, empty deltas anywhere', async (t) => {
  const whole = [['begin', 'c1'], textBlock('Hi'), ['end', 'length']];
  t.strictSame(read(chunk({ role: 'assistant', content: 'Hi' }, 'length')), whole);
  t.strictSame(
    read(chunk({}), chunk({ content: null }), chunk({ content: 'Hi' }), chunk({ content: '' }), chunk({}, 'length')),
    whole,
  );
  t.strictSame(read(chunk({}, 'stop')), [
    ['begin', 'c1'],
    ['end', 'end'],
  ]);
});

test('edge case 39: comments, empty events, unknown ones and what is no JSON are skipped', async (t) => {
  const events = [
    '',
    ': ping',
    'DONE',
    '[1]',
    '{"type":"ping"}',
    '{"choices":[]}',
    '{"id":"c1","choices":[{"index":0}]}',
    '"[DONE]"',
  ];
  t.strictSame(read(...events, chunk({ content: 'a' }, 'stop')), [['begin', 'c1'], textBlock('a'), ['end', 'end']]);
});

test('a filter’s result that comes first begins nothing', async (t) => {
  const { told, reader } = started();
  reader.event('', JSON.stringify({ id: '', choices: [], prompt_filter_results: [{}] }));
  t.strictSame(told.log, []);
});

test('only the first choice is read', async (t) => {
  const other = JSON.stringify({ id: 'c1', choices: [{ index: 1, delta: { content: 'other' }, finish_reason: 'length' }] });
  t.strictSame(read(chunk({ content: 'a' }), other, chunk({}, 'stop')), [['begin', 'c1'], textBlock('a'), ['end', 'end']]);
});

test('edge case 33: tool calls that come interleaved are told one after another, the first as it comes', async (t) => {
  const { told, reader } = started();
  reader.event('', chunk(call(0, { name: 'f', arguments: '' }, 'a')));
  reader.event('', chunk(call(1, { name: 'g', arguments: '{"y"' }, 'b')));
  reader.event('', chunk(call(0, { arguments: '{"x":' })));
  t.strictSame(told.pieces, ['{"x":']);
  reader.event('', chunk(call(1, { name: null, arguments: ':2}' })));
  reader.event('', chunk(call(0, { name: 'f', arguments: '1}' })));
  reader.event('', chunk({}, 'tool_calls'));
  reader.event('', '[DONE]');
  t.strictSame(told.log, [['begin', 'c1'], toolBlock('a', 'f', '{"x":1}'), toolBlock('b', 'g', '{"y":2}'), ['end', 'tool-use']]);
});

test('edge case 33: a call is told when its name and id are known, in whatever order they come', async (t) => {
  const wanted = [['begin', 'c1'], toolBlock('a', 'f', '{}'), ['end', 'tool-use']];
  t.strictSame(
    read(chunk(call(0, {}, 'a')), chunk(call(0, { name: 'f' })), chunk(call(0, { arguments: '{}' }), 'tool_calls')),
    wanted,
  );
  t.strictSame(
    read(chunk(call(0, { name: 'f' })), chunk(call(0, {}, 'a')), chunk(call(0, { arguments: '{}' }), 'tool_calls')),
    wanted,
  );
});

test('whole arguments in the first chunk, several calls in one chunk', async (t) => {
  const both = {
    tool_calls: [
      ...call(0, { name: 'f', arguments: '{"x":1}' }, 'a').tool_calls,
      ...call(1, { name: 'g', arguments: '' }, 'b').tool_calls,
    ],
  };
  t.strictSame(read(chunk(both), chunk({}, 'tool_calls')), [
    ['begin', 'c1'],
    toolBlock('a', 'f', '{"x":1}'),
    toolBlock('b', 'g', ''),
    ['end', 'tool-use'],
  ]);
});

test('calls without an index or all with the same one are told apart by their ids; calls without an id get one', async (t) => {
  const loose = (id: string, name: string) => chunk({ tool_calls: [{ id, function: { name, arguments: '{}' } }] });
  const wanted = [['begin', 'c1'], toolBlock('a', 'f', '{}'), toolBlock('b', 'f', '{}'), ['end', 'tool-use']];
  t.strictSame(read(loose('a', 'f'), loose('b', 'f'), chunk({}, 'tool_calls')), wanted);
  const same = (id: string) => chunk(call(0, { name: 'f', arguments: '{}' }, id));
  t.strictSame(read(same('a'), same('b'), chunk({}, 'tool_calls')), wanted);
  t.strictSame(read(loose('', 'f'), loose('', 'f'), chunk({}, 'tool_calls')), [
    ['begin', 'c1'],
    toolBlock('call_c1_0', 'f', '{}'),
    toolBlock('call_c1_1', 'f', '{}'),
    ['end', 'tool-use'],
  ]);
  t.strictSame(read(chunk(call(0, { name: 'f' })), chunk({}, 'tool_calls'))[1], toolBlock('call_c1_0', 'f', ''));
});

test('edge case 6: an id that an upstream gives twice in one answer is made unique', async (t) => {
  const calls = ['x', 'x'].map((id, index) => ({ index, id, function: { name: 'f', arguments: '{}' } }));
  t.strictSame(
    read(chunk({ tool_calls: calls }, 'tool_calls')).map((entry) => (entry as { id?: string }[])[1]?.id),
    [undefined, 'x', 'x_1', undefined],
  );
});

test('edge case 26: the blocks decide whether tools were called, whatever the finish reason says', async (t) => {
  t.strictSame(read(chunk(call(0, { name: 'f', arguments: '{}' }, 'a')), chunk({}, 'stop')).at(-1), ['end', 'tool-use']);
  t.strictSame(read(chunk({ content: 'a' }), chunk({}, 'tool_calls')).at(-1), ['end', 'end']);
  t.strictSame(read(chunk({ tool_calls: [] }), chunk(call(0, {}, 'nameless')), chunk({}, 'tool_calls')).at(-1), ['end', 'end']);
  t.strictSame(read(chunk(call(0, { name: 'f', arguments: '{"x' }, 'a')), chunk({}, 'length')).at(-1), ['end', 'length']);
});

test('edge case 25: every finish reason has its stop, unknown ones are an end, streamed and whole alike', async (t) => {
  const stops = { stop: 'end', length: 'length', content_filter: 'refusal', function_call: 'end', eos: 'end', toString: 'end' };
  for (const [reason, stop] of Object.entries(stops)) {
    t.strictSame(read(chunk({ content: 'a' }, reason)).at(-1), ['end', stop], reason);
    t.strictSame(readAll({ content: 'a' }, reason).at(-1), ['end', stop], reason);
  }
  t.strictSame(readAll({ content: 'a' }, null).at(-1), ['end', 'end']);
});

test('edge case 27: a stop sequence is known only where the upstream says it, as vLLM does', async (t) => {
  const ended = (stop_reason: unknown) =>
    read(JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop', stop_reason }] })).at(
      -1,
    );
  t.strictSame(ended('END'), ['end', 'stop-sequence', 'END']);
  for (const none of [null, 128009, 'end_turn', 'stop']) t.strictSame(ended(none), ['end', 'end']);
});

test('edge case 37: usage counts wherever it comes, the last one, and the end waits for it', async (t) => {
  const usage = { prompt_tokens: 10, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 6 } };
  const told = [{ input: 10, cachedInput: 6, cacheWrite: 0, output: 4, reasoning: 0 }, ['end', 'end']];
  const usageChunk = JSON.stringify({ id: 'c1', choices: [], usage });
  t.strictSame(read(chunk({ content: 'a' }), chunk({}, 'stop'), usageChunk).slice(-2), told, 'after the finish reason');
  t.strictSame(read(chunk({ content: 'a' }, 'stop', { usage })).slice(-2), told, 'in it');
  t.strictSame(
    read(chunk({ content: 'a' }, null, { usage }), chunk({}, 'stop', { usage: null })).slice(-2),
    told,
    'before it, with content',
  );
  const counting = chunk({ content: 'a' }, null, { usage: { prompt_tokens: 10, completion_tokens: 1 } });
  t.strictSame(read(counting, counting, usageChunk, chunk({}, 'stop')).slice(-2), told, 'counted up: not summed');
  t.strictSame(readAll({ content: 'a' }, 'stop', { usage }).slice(-2), told, 'whole');
});

test('edge case 38: [DONE] ends once; so does a close behind a finish reason; a cut ends nothing', async (t) => {
  const complete = started();
  complete.reader.event('', chunk({ content: 'a' }, 'stop'));
  complete.reader.close();
  complete.reader.event('', '[DONE]');
  complete.reader.close();
  t.equal(complete.told.log.filter((entry) => (entry as string[])[0] === 'end').length, 1);
  const cut = started();
  cut.reader.event('', chunk({ content: 'a' }));
  cut.reader.close();
  t.notOk(cut.reader.finished);
  t.strictSame(cut.told.log, [
    ['begin', 'c1'],
    ['text', {}, 'a'],
  ]);
  t.strictSame(read(chunk({ content: 'a' }), '[DONE] ').at(-1), ['end', 'end'], 'some servers send no finish reason');
});

test('edge case 40: an error in the stream is told as one, with nothing behind it', async (t) => {
  const error = { message: 'Overloaded', type: 'server_error', code: '503', param: null };
  for (const data of [
    JSON.stringify({ error: { message: 'Overloaded', type: 'server_error', code: 503 } }),
    JSON.stringify({ object: 'error', message: 'Overloaded', type: 'server_error', code: 503 }),
    chunk({ content: '' }, 'error', { error: { ...error, code: 503 } }),
  ]) {
    const { told, reader } = started();
    for (const each of [chunk({ content: 'a' }), data, chunk({ content: 'b' }, 'stop'), '[DONE]']) reader.event('', each);
    reader.close();
    t.strictSame(told.log, [
      ['begin', 'c1'],
      ['text', {}, 'a'],
      ['fail', error],
    ]);
    t.notOk(reader.finished);
  }
  t.match(read('{"error":{"code":500}}'), [['fail', { message: /without saying/ }]]);
  t.match(read(chunk({ content: 'a' }, 'stop', { error: null })).at(-1), ['end', 'end']);
});

test('edge case 31: a refusal keeps its words and says that it is one, streamed and whole alike', async (t) => {
  const wanted = [
    ['begin', 'c1'],
    ['refusal', {}, 'I cannot.', 'closed'],
    ['end', 'refusal'],
  ];
  t.strictSame(read(chunk({ refusal: 'I ' }), chunk({ refusal: 'cannot.' }), chunk({}, 'stop')), wanted);
  t.strictSame(readAll({ content: null, refusal: 'I cannot.' }), wanted);
});

test('edge case 42: thought comes under two names and is one block of the chat server’s own making', async (t) => {
  for (const name of ['reasoning_content', 'reasoning']) {
    const told = read(
      chunk({ [name]: 'Hm' }),
      chunk({ [name]: '.', content: null }),
      chunk({ content: 'Yes' }),
      chunk({}, 'stop'),
    );
    t.strictSame(told.slice(1, 3), [['thinking', { maker: 'chat' }, 'Hm.', 'closed'], textBlock('Yes')], name);
    t.strictSame(readAll({ [name]: 'Hm.', content: 'Yes' }), told, name);
  }
  const both = read(chunk({ reasoning: 'Hm', reasoning_content: 'Hm' }), chunk({}, 'stop'));
  t.strictSame(both[1], ['thinking', { maker: 'chat' }, 'Hm', 'closed'], 'not twice');
});

test('edge case 42: signatures and hidden thought in thinking_blocks are kept, their words not doubled', async (t) => {
  const signed = ['thinking', { maker: 'chat' }, 'Hm.', 'SIG', 'closed'];
  const hidden = ['redacted-thinking', { maker: 'chat', proof: 'DATA' }, '', 'closed'];
  const block = (thinking: string, signature = '') => ({ type: 'thinking', thinking, signature });
  const end = [chunk({ content: 'Yes' }), chunk({}, 'stop')];
  const atTheClose = read(chunk({ reasoning_content: 'Hm.' }), chunk({ thinking_blocks: [block('Hm.', 'SIG')] }), ...end);
  t.strictSame(atTheClose.slice(1, 3), [signed, textBlock('Yes')]);
  const inPieces = read(
    chunk({ reasoning_content: 'H', thinking_blocks: [block('H')] }),
    chunk({ reasoning_content: 'm.', thinking_blocks: [block('m.')] }),
    chunk({ thinking_blocks: [block('', 'SIG')] }),
    ...end,
  );
  t.strictSame(inPieces, atTheClose);
  const blocks = [block('Hm.', 'SIG'), { type: 'redacted_thinking', data: 'DATA' }, block('Two.', 'SIG2')];
  t.strictSame(readAll({ content: 'Yes', reasoning_content: 'Hm.Two.', thinking_blocks: blocks }).slice(1, 5), [
    signed,
    hidden,
    ['thinking', { maker: 'chat' }, 'Two.', 'SIG2', 'closed'],
    textBlock('Yes'),
  ]);
});

test('edge case 14: white space before a tool call or instead of thought is no block; before words it is part of them', async (t) => {
  const told = read(
    chunk({ reasoning_content: '\n' }),
    chunk({ content: '\n\n' }),
    chunk(call(0, { name: 'f' }, 'a')),
    chunk({}, 'stop'),
  );
  t.strictSame(told.slice(1), [toolBlock('a', 'f', ''), ['end', 'tool-use']]);
  t.strictSame(
    read(chunk({ content: '\n' }), chunk({ content: ' ' }), chunk({ content: 'a\n' }), chunk({}, 'stop'))[1],
    textBlock('\n a\n'),
  );
  t.strictSame(readAll({ content: ' \n' }), [
    ['begin', 'c1'],
    ['end', 'end'],
  ]);
});

test('edge case 10: text and tool calls of one answer are both told, and empty tool_calls hide no text', async (t) => {
  const told = read(
    chunk({ content: 'Let me look.', tool_calls: [] }),
    chunk(call(0, { name: 'f', arguments: '{}' }, 'a')),
    chunk({}, 'tool_calls'),
  );
  t.strictSame(told.slice(1, 3), [textBlock('Let me look.'), toolBlock('a', 'f', '{}')]);
  const message = {
    content: 'Let me look.',
    tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
  };
  t.strictSame(readAll(message, 'tool_calls'), told);
});

test('edge case 30: text behind a tool call is a block of its own', async (t) => {
  const told = read(
    chunk({ content: 'a' }),
    chunk(call(0, { name: 'f' }, 'x')),
    chunk({ content: 'b' }),
    chunk(call(0, { arguments: '{}' })),
    chunk({ content: 'c' }, 'stop'),
  );
  t.strictSame(told.slice(1, 4), [textBlock('a'), toolBlock('x', 'f', '{}'), textBlock('bc')]);
});

test('the old function_call is a tool call', async (t) => {
  const told = read(
    chunk({ function_call: { name: 'f', arguments: '' } }),
    chunk({ function_call: { arguments: '{"x":1}' } }),
    chunk({}, 'function_call'),
  );
  t.strictSame(told.slice(1), [toolBlock('call_c1_0', 'f', '{"x":1}'), ['end', 'tool-use']]);
  t.strictSame(readAll({ content: null, function_call: { name: 'f', arguments: '{"x":1}' } }, 'function_call'), told);
});

test('custom tool calls keep their free text', async (t) => {
  const custom = (said: object, id?: string) =>
    chunk({ tool_calls: [{ index: 0, ...(id && { id, type: 'custom' }), custom: said }] });
  const told = read(custom({ name: 'patch', input: '' }, 'a'), custom({ input: '*** Begin' }), chunk({}, 'tool_calls'));
  t.strictSame(told[1], ['tool-call', { id: 'a', name: 'patch', custom: true }, '*** Begin', 'closed']);
  t.strictSame(
    readAll({ tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'patch', input: '*** Begin' } }] }, 'tool_calls'),
    told,
  );
});

test('content in parts, as Mistral answers, is thought and text', async (t) => {
  const content = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
    { type: 'text', text: 'Yes' },
  ];
  const wanted = [['thinking', { maker: 'chat' }, 'Hm.', 'closed'], textBlock('Yes')];
  t.strictSame(readAll({ content }).slice(1, 3), wanted);
  t.strictSame(read(chunk({ content: content as never }), chunk({}, 'stop')).slice(1, 3), wanted);
});

test('edge case 5: arguments that are no JSON, an object or missing do not throw the answer away', async (t) => {
  const whole = (said: object) => readAll({ tool_calls: [{ id: 'a', function: { name: 'f', ...said } }] }, 'tool_calls')[1];
  t.strictSame(whole({ arguments: '{"x' }), toolBlock('a', 'f', '{"x'));
  t.strictSame(whole({ arguments: { x: 1 } }), toolBlock('a', 'f', '{"x":1}'));
  t.strictSame(whole({ arguments: null }), toolBlock('a', 'f', ''));
  t.strictSame(whole({}), toolBlock('a', 'f', ''));
});

test('an upstream that interleaves without end is an error, not a full memory', async (t) => {
  const { told, reader } = started();
  for (const index of [0, 1]) reader.event('', chunk(call(index, { name: 'f', arguments: '' }, `id${index}`)));
  const piece = chunk(call(1, { arguments: 'x'.repeat(4 * 1024 * 1024) }));
  for (let count = 0; count < 5; count += 1) reader.event('', piece);
  t.match(told.log.at(-1), ['fail', { code: 'upstream_error' }]);
  t.notOk(reader.finished);
});
