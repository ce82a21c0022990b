import type OpenAI from 'openai';
import { test } from 'tap';
import type { AnswerContext, AnswerSink } from '../middle/answer.js';
import { seal } from '../middle/proof.js';
import { ChatStreamWriter } from './stream-writer.js';
import { ChatWholeWriter } from './whole-writer.js';

const CONTEXT: AnswerContext = { answerId: 'A1', createdAt: 1700000000, model: 'alias', includeUsage: false };
type Telling = (sink: AnswerSink) => void;

function write(tell: Telling, context: Partial<AnswerContext> = {}) {
  const writer = new ChatStreamWriter({ ...CONTEXT, ...context });
  tell(writer);
  const text = writer.take();
  const data = text
    .split('\n\n')
    .slice(0, -1)
    .map((event) => event.replace(/^data: /, ''));
  const chunks = data.filter((each) => each !== '[DONE]').map((each) => JSON.parse(each) as OpenAI.ChatCompletionChunk);
  return { text, data, chunks, deltas: chunks.flatMap(({ choices = [] }) => choices.map(({ delta }) => delta)) };
}

function writeWhole(tell: Telling, context: Partial<AnswerContext> = {}) {
  const writer = new ChatWholeWriter({ ...CONTEXT, ...context });
  tell(writer);
  return writer.body() as unknown as OpenAI.ChatCompletion;
}

const block =
  (head: Parameters<AnswerSink['open']>[0], ...pieces: string[]): Telling =>
  (sink) => {
    sink.open(head);
    for (const piece of pieces) sink.text(piece);
    sink.close();
  };

/** An answer of these blocks. */
const answer =
  (stop: Parameters<AnswerSink['end']>[0], ...blocks: Telling[]): Telling =>
  (sink) => {
    sink.begin({ id: 'upstream' });
    for (const tell of blocks) tell(sink);
    sink.end(stop);
  };

const text = (...pieces: string[]) => block({ kind: 'text' }, ...pieces);
const call = (id: string, name: string, ...pieces: string[]) => block({ kind: 'tool-call', id, name }, ...pieces);

test('every chunk has the same id, time and the model as the client named it', async (t) => {
  const { chunks } = write(answer('end', text('a', 'b')), { includeUsage: true });
  for (const { id, created, model, object } of chunks)
    t.strictSame(
      { id, created, model, object },
      { id: 'chatcmpl-A1', created: 1700000000, model: 'alias', object: 'chat.completion.chunk' },
    );
});

test('edge case 41: the role comes once, in the first chunk, with the first content', async (t) => {
  t.strictSame(write(answer('end', text('Hel', 'lo'))).deltas, [{ role: 'assistant', content: 'Hel' }, { content: 'lo' }, {}]);
  t.strictSame(write(answer('end')).deltas, [{ role: 'assistant', content: '' }, {}], 'also of an answer that says nothing');
  t.strictSame(write(answer('tool-use', call('a', 'f'))).deltas[0], {
    role: 'assistant',
    content: null,
    tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }],
  } as never);
});

test('edge case 38: one finish reason, then one [DONE], and nothing behind it', async (t) => {
  const {
    data,
    chunks,
    text: all,
  } = write((sink) => {
    answer('end', text('a'))(sink);
    sink.end('end');
    sink.fail({ message: 'late', type: null, code: null, param: null });
  });
  t.equal(data.at(-1), '[DONE]');
  t.equal(all.split('[DONE]').length, 2);
  t.strictSame(
    chunks.map(({ choices }) => choices[0]?.finish_reason),
    [null, 'stop'],
  );
});

test('edge case 24: every stop has its finish reason, streamed and whole alike', async (t) => {
  const reasons = {
    end: 'stop',
    'stop-sequence': 'stop',
    length: 'length',
    'tool-use': 'tool_calls',
    refusal: 'content_filter',
  } as const;
  for (const [stop, reason] of Object.entries(reasons)) {
    const tell = answer(stop as keyof typeof reasons, text('a'));
    t.equal(write(tell).chunks.at(-1)?.choices[0]?.finish_reason, reason);
    t.equal(writeWhole(tell).choices[0]?.finish_reason, reason);
  }
});

test('edge case 35: a tool’s index counts tools alone, whatever else the answer holds', async (t) => {
  const told = answer(
    'tool-use',
    block({ kind: 'thinking', maker: 'chat' }, 'Hm'),
    text('a'),
    call('x', 'f', '{}'),
    text('b'),
    call('y', 'g', '{}'),
  );
  const indices = write(told)
    .deltas.flatMap(({ tool_calls }) => tool_calls ?? [])
    .map(({ index, id }) => [index, id]);
  t.strictSame(indices, [
    [0, 'x'],
    [0, undefined],
    [1, 'y'],
    [1, undefined],
  ]);
});

test('edge case 34: the pieces joined are the arguments, and a tool without any has {} streamed and whole', async (t) => {
  const told = answer('tool-use', call('x', 'f', '{"a"', ':"\u{1f511}"}'), call('y', 'g'));
  const pieces = ['', ''];
  for (const { index, function: said } of write(told).deltas.flatMap(({ tool_calls }) => tool_calls ?? []))
    pieces[index] += said?.arguments ?? '';
  t.strictSame(pieces, ['{"a":"\u{1f511}"}', '{}']);
  const calls = writeWhole(told).choices[0]?.message.tool_calls as OpenAI.ChatCompletionMessageFunctionToolCall[];
  t.strictSame(
    calls.map((each) => each.function.arguments),
    pieces,
  );
});

test('edge case 37: usage is a chunk without choices behind the finish, for a client that asked for it; others see none', async (t) => {
  const told: Telling = (sink) => {
    sink.begin({});
    text('a')(sink);
    sink.usage({ input: 5, cachedInput: 2 });
    sink.usage({ output: 3 });
    sink.end('end');
  };
  const asked = write(told, { includeUsage: true }).chunks;
  t.strictSame(asked.at(-1)?.choices, []);
  t.match(asked.at(-1)?.usage, {
    prompt_tokens: 5,
    completion_tokens: 3,
    total_tokens: 8,
    prompt_tokens_details: { cached_tokens: 2 },
  });
  t.ok(asked.slice(0, -1).every(({ usage }) => usage === null));
  t.notMatch(write(told).text, /usage/);
  t.match(writeWhole(told).usage, { total_tokens: 8 });
});

test('edge case 40: an error is one data line, without a finish reason and without [DONE]', async (t) => {
  const { text: all } = write((sink) => {
    sink.begin({});
    sink.open({ kind: 'text' });
    sink.text('half');
    sink.fail({ message: 'Over\n\nloaded', type: 'overloaded_error', code: null, param: null });
    sink.end('end');
  });
  const events = all.split('\n\n');
  t.equal(events.length, 3);
  t.strictSame(JSON.parse(events[1]?.slice(6) ?? ''), {
    error: { message: 'Over\n\nloaded', type: 'overloaded_error', param: null, code: null },
  });
  t.notMatch(all, /DONE|"finish_reason":"/);
  t.equal(
    writeWhole((sink) => {
      text('a')(sink);
      sink.end('end');
      sink.fail({ message: 'x', type: null, code: null, param: null });
    }),
    undefined,
  );
});

test('edge case 31: a refusal has its own member, streamed and whole', async (t) => {
  const told = answer('refusal', block({ kind: 'refusal' }, 'I ', 'cannot.'));
  t.strictSame(
    write(told).deltas.map(({ refusal }) => refusal),
    ['I ', 'cannot.', undefined],
  );
  t.match(writeWhole(told).choices[0]?.message, { content: null, refusal: 'I cannot.' });
});

test('edge case 42: thought comes as reasoning_content, and once more with its proof when the block closes', async (t) => {
  const thinking =
    (maker: 'anthropic' | 'openai' | 'chat', proof?: string, id?: string): Telling =>
    (sink) => {
      sink.open({ kind: 'thinking', maker, ...(id && { id }) });
      sink.text('H');
      sink.text('m');
      if (proof) sink.signature(proof);
      sink.close();
    };
  const told = (tell: Telling) => {
    const message = writeWhole(answer('end', tell, text('Yes'))).choices[0]?.message as unknown as Record<string, unknown>;
    const deltas = write(answer('end', tell, text('Yes'))).deltas as unknown as Record<string, unknown>[];
    const blocks = deltas.flatMap((delta) => (delta.thinking_blocks as unknown[]) ?? []);
    t.strictSame(blocks, message.thinking_blocks ?? [], 'streamed as whole');
    t.equal(deltas.map((delta) => delta.reasoning_content ?? '').join(''), message.reasoning_content ?? '');
    return message;
  };
  const raw = told(thinking('anthropic', 'SIG'));
  t.match(raw, { reasoning_content: 'Hm', thinking_blocks: [{ type: 'thinking', thinking: 'Hm', signature: 'SIG' }] });
  t.match(told(thinking('openai', 'ENC', 'rs_1')).thinking_blocks, [
    { signature: seal({ maker: 'openai', proof: 'ENC', id: 'rs_1' }) },
  ]);
  t.notOk('thinking_blocks' in told(thinking('chat')), 'where nobody proved it there is nothing to replay');
  t.strictSame(told(block({ kind: 'redacted-thinking', maker: 'anthropic', proof: 'DATA' })).thinking_blocks, [
    { type: 'redacted_thinking', data: 'DATA' },
  ]);
  t.strictSame(told(block({ kind: 'redacted-thinking', maker: 'openai', proof: 'ENC' })).thinking_blocks, [
    { type: 'redacted_thinking', data: seal({ maker: 'openai', proof: 'ENC', redacted: true }) },
  ]);
});

test('tool names that were shortened come back as the client knows them', async (t) => {
  const context = { toolNames: { short_1: 'a very long name' } };
  const told = answer('tool-use', call('x', 'short_1', '{}'), call('y', 'constructor', '{}'));
  const names = write(told, context)
    .deltas.flatMap(({ tool_calls }) => tool_calls ?? [])
    .flatMap((each) => each.function?.name ?? []);
  t.strictSame(names, ['a very long name', 'constructor']);
  t.match(writeWhole(told, context).choices[0]?.message.tool_calls, [
    { function: { name: 'a very long name' } },
    { function: { name: 'constructor' } },
  ]);
});

test('a custom tool that the upstream got as a function is custom again, its text unwrapped', async (t) => {
  const context = { customTools: ['patch'] };
  for (const [pieces, input] of [
    [['{"inp', 'ut":"*** Begin\\n"}'], '*** Begin\n'],
    [['no JSON'], 'no JSON'],
    [[], ''],
  ] as const) {
    const told = answer('tool-use', call('x', 'patch', ...pieces));
    const deltas = write(told, context).deltas.flatMap(({ tool_calls }) => tool_calls ?? []) as unknown as Record<
      string,
      { input: string }
    >[];
    t.equal(deltas.map(({ custom }) => custom?.input).join(''), input);
    t.strictSame(writeWhole(told, context).choices[0]?.message.tool_calls, [
      { id: 'x', type: 'custom', custom: { name: 'patch', input } },
    ]);
  }
});

test('text of any kind stays within its event', async (t) => {
  const odd = '\n\ndata: [DONE]\r\n\u2028\ud83d';
  const { deltas, data } = write(answer('end', text(odd)));
  t.equal(deltas[0]?.content, odd);
  t.equal(data.length, 3);
});

test('what was taken is not given again', async (t) => {
  const writer = new ChatStreamWriter(CONTEXT);
  writer.begin();
  writer.open({ kind: 'text' });
  writer.text('a');
  t.match(writer.take(), /"a"/);
  t.equal(writer.take(), '');
});
