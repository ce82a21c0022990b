import fc from 'fast-check';
import { test } from 'tap';
import type { Usage } from '../../usage.js';
import type { AnswerSink, BlockHead, StopReason } from '../middle/answer.js';
import type { UpstreamErrorBody } from '../protocol.js';
import { responses } from './dialect.js';

interface Block {
  readonly head: BlockHead;
  text: string;
  proof?: string;
}

/** What a sink was told, pieces put together; out of turn is an error. */
class Told implements AnswerSink {
  id: string | undefined;
  readonly blocks: Block[] = [];
  stop: StopReason | undefined;
  error: UpstreamErrorBody | undefined;
  used: Partial<Usage> | undefined;
  pieces = 0;
  #open: Block | undefined;
  #begun = false;

  begin({ id }: { readonly id?: string }): void {
    if (this.#begun) throw new Error('begun twice');
    this.#begun = true;
    this.id = id;
  }
  open(head: BlockHead): void {
    if (!this.#begun || this.#open) throw new Error('opened out of turn');
    this.#open = { head, text: '' };
    this.blocks.push(this.#open);
  }
  text(piece: string): void {
    if (!this.#open || piece === '') throw new Error('text out of turn');
    this.#open.text += piece;
    this.pieces += 1;
  }
  signature(proof: string): void {
    if (!this.#open) throw new Error('signature out of turn');
    this.#open.proof = proof;
  }
  close(): void {
    if (!this.#open) throw new Error('closed out of turn');
    this.#open = undefined;
  }
  usage(usage: Partial<Usage>): void {
    this.used = usage;
  }
  end(stop: StopReason): void {
    if (this.#open || this.stop) throw new Error('ended out of turn');
    this.stop = stop;
  }
  fail(error: UpstreamErrorBody): void {
    this.error = error;
  }
  get summary() {
    const { blocks, stop, used } = this;
    return { blocks, stop, used };
  }
}

type Event = { type: string; [member: string]: unknown };

function streamed(...events: (Event | string)[]): Told & { finished: boolean } {
  const told = new Told();
  const reader = responses.createStreamReader(told);
  for (const event of events) {
    if (typeof event === 'string') reader.event('', event);
    else reader.event(event.type, JSON.stringify(event));
  }
  reader.close();
  return Object.assign(told, { finished: reader.finished });
}

function whole(output: object[], members: object = {}): Told {
  const told = new Told();
  responses.readWhole({ id: 'resp_1', object: 'response', status: 'completed', output, ...members }, told);
  return told;
}

const created: Event = { type: 'response.created', response: { id: 'resp_1', status: 'in_progress', usage: null } };
const completed = (output: object[] = [], members: object = {}): Event => ({
  type: 'response.completed',
  response: { id: 'resp_1', status: 'completed', output, ...members },
});
const added = (output_index: number, item: object): Event => ({ type: 'response.output_item.added', output_index, item });
const done = (output_index: number, item: object): Event => ({ type: 'response.output_item.done', output_index, item });
const delta = (kind: string, output_index: number, piece: string, members: object = {}): Event => ({
  type: `response.${kind}.delta`,
  output_index,
  content_index: 0,
  summary_index: 0,
  delta: piece,
  ...members,
});
const message = (...content: object[]) => ({ type: 'message', id: 'msg_1', role: 'assistant', content });
const textPart = (text: string) => ({ type: 'output_text', text, annotations: [] });
const call = (name: string, written: string, id = `call_${name}`) => ({
  type: 'function_call',
  id: `fc_${name}`,
  call_id: id,
  name,
  arguments: written,
});
const textBlock = (text: string) => ({ head: { kind: 'text' }, text });
const callBlock = (name: string, text: string) => ({ head: { kind: 'tool-call', id: `call_${name}`, name }, text });

test('edge case 24: the end says why: complete, cut by the limit, filtered, refused, or to call a tool', async (t) => {
  const stopOf = (response: object, output: object[] = [message(textPart('a'))]) => {
    const told = whole(output, response);
    const event = { type: 'response.incomplete', response: { output, ...response } };
    t.equal(streamed(created, event).stop, told.stop);
    return told.stop;
  };
  t.equal(stopOf({ status: 'completed' }), 'end');
  t.equal(stopOf({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }), 'length');
  t.equal(stopOf({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }), 'refusal');
  t.equal(stopOf({ status: 'completed' }, [message({ type: 'refusal', refusal: 'No.' })]), 'refusal');
  t.equal(stopOf({ status: 'completed' }, [call('f', '{}')]), 'tool-use');
});

test('edge case 28: input includes what was cached; edge case 29: reasoning is part of the output', async (t) => {
  const usage = {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
    output_tokens: 50,
    output_tokens_details: { reasoning_tokens: 20 },
    total_tokens: 150,
  };
  const expected = { input: 100, cachedInput: 60, cacheWrite: 10, output: 50, reasoning: 20 };
  t.same(whole([], { usage }).used, expected);
  t.same(streamed(created, completed([], { usage })).used, expected);
  t.equal(whole([], { usage: null }).used, undefined);
});

test('edge case 30: blocks keep their order; texts around a call are not merged', async (t) => {
  const output = [message(textPart('a'), textPart('b')), call('f', '{"x":1}'), message(textPart('c'))];
  t.match(whole(output).blocks, [textBlock('a'), textBlock('b'), callBlock('f', '{"x":1}'), textBlock('c')]);
});

test('edge case 31: a refusal is told as such, streamed and whole', async (t) => {
  const refused = message({ type: 'refusal', refusal: 'I will not.' });
  const told = streamed(
    created,
    added(0, message()),
    delta('refusal', 0, 'I will'),
    delta('refusal', 0, ' not.'),
    completed([refused]),
  );
  t.same(told.summary, whole([refused]).summary);
  t.match(told.blocks, [{ head: { kind: 'refusal' }, text: 'I will not.' }]);
});

test('edge case 33: interleaved calls are told one after another, repeated names are ignored', async (t) => {
  const told = streamed(
    created,
    added(0, call('f', '')),
    added(1, call('g', '')),
    delta('function_call_arguments', 1, '{"g":'),
    delta('function_call_arguments', 0, '{"f":'),
    added(0, call('other', '')),
    delta('function_call_arguments', 1, '2}'),
    delta('function_call_arguments', 0, '1}'),
    done(1, call('g', '{"g":2}')),
    done(0, call('f', '{"f":1}')),
    completed(),
  );
  t.match(told.blocks, [callBlock('f', '{"f":1}'), callBlock('g', '{"g":2}')]);
  t.equal(told.stop, 'tool-use');
});

test('edge case 34: arguments that come whole, in pieces, or only when done are the same; none are none', async (t) => {
  const whole = '{"a":1}';
  const ways: Event[][] = [
    [delta('function_call_arguments', 0, whole)],
    [delta('function_call_arguments', 0, '{"a"'), delta('function_call_arguments', 0, ':1}')],
    [delta('function_call_arguments', 0, '{"a"')],
    [],
    [{ type: 'response.function_call_arguments.done', output_index: 0, arguments: whole }],
  ];
  for (const events of ways)
    for (const end of [[done(0, call('f', whole)), completed()], [completed([call('f', whole)])]])
      t.match(streamed(created, added(0, call('f', '')), ...events, ...end).blocks, [callBlock('f', whole)]);
  t.match(streamed(created, done(0, call('f', whole)), completed()).blocks, [callBlock('f', whole)], 'never added');
  t.match(streamed(created, delta('function_call_arguments', 0, 'x'), done(0, call('f', whole)), completed()).blocks, [
    callBlock('f', whole),
  ]);
  t.match(streamed(created, added(0, call('f', '')), done(0, call('f', '')), completed()).blocks, [callBlock('f', '')]);
});

test('a custom tool’s input comes as it is', async (t) => {
  const item = { type: 'custom_tool_call', call_id: 'call_p', name: 'p', input: '*** x' };
  const expected = [{ head: { kind: 'tool-call', id: 'call_p', name: 'p', custom: true }, text: '*** x' }];
  t.match(whole([item]).blocks, expected);
  const pieces = [delta('custom_tool_call_input', 0, '***'), delta('custom_tool_call_input', 0, ' x')];
  t.match(streamed(created, added(0, { ...item, input: '' }), ...pieces, done(0, item), completed([item])).blocks, expected);
});

test('text that only `done` brings is not lost, and text that both bring does not come twice', async (t) => {
  const item = message(textPart('Hello'));
  const textDone = { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Hello' };
  const partDone = { type: 'response.content_part.done', output_index: 0, content_index: 0, part: textPart('Hello') };
  const all = [
    delta('output_text', 0, 'Hel'),
    delta('output_text', 0, 'lo'),
    textDone,
    partDone,
    done(0, item),
    completed([item]),
  ];
  for (let missing = 0; missing < all.length - 1; missing += 1) {
    const told = streamed(created, added(0, message()), ...all.filter((_, index) => index !== missing));
    t.match(told.blocks, missing < 1 ? [{}] : [textBlock('Hello')], `without ${all[missing]?.type}`);
    t.equal(told.blocks.length, 1);
  }
  t.match(streamed(created, completed([item])).blocks, [textBlock('Hello')], 'the end alone');
});

test('an upstream that numbers its final output otherwise does not double it', async (t) => {
  const item = message(textPart('a'));
  t.match(streamed(created, added(1, message()), delta('output_text', 1, 'a'), done(1, item), completed([item])).blocks, [
    textBlock('a'),
  ]);
  t.equal(streamed(created, done(1, item), completed([item])).blocks.length, 1);
});

test('edge case 14: a blank text is no block, white space before words belongs to them', async (t) => {
  t.same(streamed(created, delta('output_text', 0, '\n'), delta('output_text', 0, ' '), completed()).blocks, []);
  t.match(streamed(created, delta('output_text', 0, '\n'), delta('output_text', 0, 'a'), completed()).blocks, [textBlock('\na')]);
  t.same(whole([message(textPart(' ')), message(textPart(''))]).blocks, []);
});

test('edge case 42: thought is joined by blank lines, its proof comes with it; hidden thought is proof alone', async (t) => {
  const item = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [
      { type: 'summary_text', text: 'One.' },
      { type: 'summary_text', text: 'Two.' },
    ],
    encrypted_content: 'gAAA',
  };
  const expected = [{ head: { kind: 'thinking', maker: 'openai', id: 'rs_1' }, text: 'One.\n\nTwo.', proof: 'gAAA' }];
  t.same(whole([item]).blocks, expected);
  const open = added(0, { type: 'reasoning', id: 'rs_1', summary: [] });
  const one = delta('reasoning_summary_text', 0, 'One.');
  const two = ['Tw', 'o.'].map((piece) => delta('reasoning_summary_text', 0, piece, { summary_index: 1 }));
  t.same(streamed(created, open, one, ...two, done(0, item), completed([item])).blocks, expected);
  t.same(streamed(created, open, one, done(0, item), completed()).blocks, expected);
  const hidden = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' };
  const redacted = [{ head: { kind: 'redacted-thinking', maker: 'openai', proof: 'gAAA', id: 'rs_1' }, text: '' }];
  t.same(whole([hidden]).blocks, redacted);
  t.same(streamed(created, open, done(0, hidden), completed([hidden])).blocks, redacted);
  t.same(streamed(created, open, done(0, { ...hidden, encrypted_content: null }), completed()).blocks, []);
});

test('a model that shows its thought itself, not as a summary, is read as well, but not both', async (t) => {
  const content = [{ type: 'reasoning_text', text: 'raw' }];
  t.match(whole([{ type: 'reasoning', id: 'r', summary: [], content }]).blocks, [{ head: { kind: 'thinking' }, text: 'raw' }]);
  const both = { type: 'reasoning', id: 'r', summary: [{ type: 'summary_text', text: 'short' }], content };
  t.match(whole([both]).blocks, [{ text: 'short' }]);
  const open = added(0, { type: 'reasoning', id: 'r', summary: [] });
  t.match(streamed(created, open, delta('reasoning_text', 0, 'raw'), done(0, both), completed()).blocks, [{ text: 'raw' }]);
});

test('edge case 38: after the end nothing counts, and without it the answer is not finished', async (t) => {
  const told = streamed(created, delta('output_text', 0, 'a'), completed(), delta('output_text', 0, 'b'), completed());
  t.match(told, { finished: true, blocks: [textBlock('a')] });
  t.match(streamed(created, delta('output_text', 0, 'a')), { finished: false, stop: undefined });
});

test('edge case 39: comments, [DONE], pings, half events and unknown ones are skipped', async (t) => {
  const odd = ['', '[DONE]', '{"type":', '[]', 'null', '"response.completed"', '{}'];
  const unknown = [{ type: 'keepalive' }, { type: 'codex.rate_limits', limits: {} }, { type: 'response.made_up', delta: 'x' }];
  const told = streamed(...odd, ...unknown.slice(0, 2), created, ...unknown, delta('output_text', 0, 'a'), ...odd, completed());
  t.match(told, { id: 'resp_1', finished: true, blocks: [textBlock('a')] });
  t.match(streamed(created, done(0, { type: 'web_search_call', id: 'ws_1' }), completed()), { finished: true, blocks: [] });
});

test('edge case 40: every form of an error is one, and no end', async (t) => {
  const overloaded = { code: 'server_is_overloaded', message: 'Later.' };
  const forms: [Event, object][] = [
    [
      { type: 'error', code: 'x', message: 'm', param: null },
      { message: 'm', code: 'x', type: null },
    ],
    [
      { type: 'error', error: { type: 't', code: 'c', message: 'm' } },
      { message: 'm', code: 'c', type: 't' },
    ],
    [
      { type: 'response.failed', response: { error: overloaded } },
      { message: 'Later.', code: 'server_is_overloaded' },
    ],
    [
      { type: 'response.failed', response: {} },
      { message: /without saying why/, code: null },
    ],
  ];
  for (const [event, error] of forms) t.match(streamed(created, event, completed()), { error, stop: undefined, finished: false });
  t.match(streamed('{"error":{"message":"m"}}'), { error: { message: 'm' } });
});

test('a whole answer that failed is its error; what is no answer is none', async (t) => {
  t.match(whole([], { status: 'failed', error: { code: 'server_error', message: 'm' } }), {
    error: { message: 'm', code: 'server_error' },
  });
  for (const body of [{}, { object: 'chat.completion', choices: [] }, { status: 'in_progress', output: [] }])
    t.notOk(responses.readWhole(body, new Told()));
});

/** Answers as a Responses upstream may give them, item by item. */
const words = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((text) => text.trim() !== '');
const item = fc.oneof(
  fc.array(words, { minLength: 1, maxLength: 3 }).map((texts) => message(...texts.map(textPart))),
  words.map((refusal) => message({ type: 'refusal', refusal })),
  fc.tuple(fc.array(words, { maxLength: 2 }), words).map(([texts, proof]) => ({
    type: 'reasoning',
    id: 'rs_1',
    summary: texts.map((text) => ({ type: 'summary_text', text })),
    encrypted_content: proof,
  })),
  fc.json().map((written) => call('f', written)),
  words.map((input) => ({ type: 'custom_tool_call', call_id: 'c', name: 'p', input })),
);

test('edge case 44: whatever the answer, read, written and read again, streamed and whole agree', async (t) => {
  const context = { answerId: 'a1', createdAt: 1, model: 'm', includeUsage: false };
  const usage = { input_tokens: 3, output_tokens: 4 };
  fc.assert(
    fc.property(fc.array(item, { maxLength: 6 }), (output) => {
      const body = { id: 'resp_1', status: 'completed', output, usage };
      const told = whole(output, { usage });
      const writer = responses.createWholeWriter(context);
      const streamWriter = responses.createStreamWriter(context);
      responses.readWhole(body, writer);
      responses.readWhole(body, streamWriter);
      const again = new Told();
      responses.readWhole(writer.body() ?? {}, again);
      const datas = [...streamWriter.take().matchAll(/^data: (.*)$/gm)].map(([, data]) => data as string);
      const streamedAgain = streamed(...datas);
      t.same(withoutIds(again), withoutIds(told));
      t.same(streamedAgain.summary, again.summary);
      t.same((JSON.parse(datas.at(-1) as string) as { response: unknown }).response, writer.body());
    }),
    { numRuns: 60 },
  );
});

/** Items get ids of their own where the maker's are not kept. */
function withoutIds({ summary }: Told): object {
  return JSON.parse(JSON.stringify(summary, (name, value) => (name === 'id' ? undefined : value))) as object;
}
