import { createOpenAI } from '@ai-sdk/openai';
import { streamText } from 'ai';
import OpenAI from 'openai';
import { test } from 'tap';
import type { AnswerContext, AnswerSink } from '../middle/answer.js';
import { seal } from '../middle/proof.js';
import { responses } from './dialect.js';

type Streamed = OpenAI.Responses.ResponseStreamEvent;
type Script = (sink: AnswerSink) => void;

const context: AnswerContext = { answerId: 'a1b2', createdAt: 1_700_000_000, model: 'alias', includeUsage: false };

function block(sink: AnswerSink, head: Parameters<AnswerSink['open']>[0], ...pieces: string[]): void {
  sink.open(head);
  for (const piece of pieces) sink.text(piece);
  sink.close();
}

/** A turn of an agent: thought, words, two calls. */
const agent: Script = (sink) => {
  sink.begin({ id: 'msg_up' });
  sink.open({ kind: 'thinking', maker: 'anthropic' });
  sink.text('Let me ');
  sink.text('think.');
  sink.signature('sig');
  sink.close();
  block(sink, { kind: 'text' }, 'Hel', 'lo “you”\n');
  block(sink, { kind: 'text' }, 'again');
  block(sink, { kind: 'tool-call', id: 'toolu_1', name: 'weather' }, '{"city":', '"Zürich"}');
  block(sink, { kind: 'tool-call', id: 'toolu_2', name: 'now' });
  sink.usage({ input: 100, cachedInput: 60 });
  sink.usage({ output: 20, reasoning: 5 });
  sink.end('tool-use');
};

const say =
  (...pieces: string[]): Script =>
  (sink) => {
    sink.begin({});
    block(sink, { kind: 'text' }, ...pieces);
    sink.end('end');
  };

function wholeOf(script: Script, more: Partial<AnswerContext> = {}): OpenAI.Responses.Response {
  const writer = responses.createWholeWriter({ ...context, ...more });
  script(writer);
  return writer.body() as unknown as OpenAI.Responses.Response;
}

function textOf(script: Script, more: Partial<AnswerContext> = {}): string {
  const writer = responses.createStreamWriter({ ...context, ...more });
  script(writer);
  return writer.take();
}

function eventsOf(script: Script, more: Partial<AnswerContext> = {}): Streamed[] {
  return textOf(script, more)
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => {
      const [, type, data] = /^event: (.*)\ndata: (.*)$/.exec(event) ?? [];
      const parsed = JSON.parse(data as string) as Streamed;
      if (parsed.type !== type) throw new Error(`${type} is ${parsed.type}`);
      return parsed;
    });
}

/** The official client, answered with this text. */
function clientOf(text: string, type = 'text/event-stream'): OpenAI {
  const fetch = async () => new Response(text, { headers: { 'content-type': type } });
  return new OpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1/v1', fetch, maxRetries: 0 });
}

test('a whole answer is a Response with all its members, repeated ones with the API’s defaults', async (t) => {
  const response = wholeOf(say('Hi'));
  t.match(response, {
    id: 'resp_a1b2',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'alias',
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: false,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
  });
  t.strictSame(response.output, [
    {
      id: 'msg_a1b2_0',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', annotations: [], logprobs: [], text: 'Hi' }],
    },
  ] as never);
  t.notOk('output_text' in response, 'the SDK makes it, the wire has none');
});

test('what the request said is repeated as it was said', async (t) => {
  const tools = [{ type: 'function', name: 'f', parameters: {}, strict: true }];
  const body = {
    model: 'alias',
    instructions: 'Be kind.',
    tools,
    temperature: 0,
    reasoning: { effort: 'high' },
    text: { verbosity: 'low' },
  };
  const echo = responses.echo?.(body) ?? {};
  t.match(wholeOf(say('Hi'), { echo }), {
    instructions: 'Be kind.',
    tools,
    temperature: 0,
    reasoning: { effort: 'high', summary: null },
    text: { format: { type: 'text' }, verbosity: 'low' },
  });
  t.notOk('model' in echo);
});

test('edge case 24: the limit and a filter make it incomplete', async (t) => {
  const ending =
    (stop: 'length' | 'refusal'): Script =>
    (sink) => {
      block(sink, { kind: 'text' }, 'a');
      sink.end(stop);
    };
  for (const [stop, reason] of [
    ['length', 'max_output_tokens'],
    ['refusal', 'content_filter'],
  ] as const) {
    t.match(wholeOf(ending(stop)), { status: 'incomplete', incomplete_details: { reason } });
    t.match(eventsOf(ending(stop)).at(-1), {
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason } },
    });
  }
});

test('edge case 28: cached input is part of the input; edge case 29: the total is added up; edge case 30: no usage is zeros', async (t) => {
  t.same(wholeOf(agent).usage, {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 60 },
    output_tokens: 20,
    output_tokens_details: { reasoning_tokens: 5 },
    total_tokens: 120,
  });
  t.match(wholeOf(say('a')).usage, { input_tokens: 0, output_tokens: 0, total_tokens: 0 });
});

test('edge case 31: a refusal in words is a part of a complete answer', async (t) => {
  const refuse: Script = (sink) => {
    block(sink, { kind: 'refusal' }, 'I will ', 'not.');
    sink.end('refusal');
  };
  t.match(wholeOf(refuse), { status: 'completed', output: [{ content: [{ type: 'refusal', refusal: 'I will not.' }] }] });
  t.same(
    eventsOf(refuse).map(({ type }) => type),
    [
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.refusal.delta',
      'response.refusal.delta',
      'response.refusal.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ],
  );
});

test('edge case 34: pieces of arguments add up to the arguments; a call without input has {} in both', async (t) => {
  const events = eventsOf(agent);
  for (const output_index of [2, 3]) {
    const pieces = events.flatMap((event) =>
      event.type === 'response.function_call_arguments.delta' && event.output_index === output_index ? [event.delta] : [],
    );
    const item = wholeOf(agent).output[output_index];
    t.equal(item?.type === 'function_call' && item.arguments, pieces.join(''));
  }
  t.match(wholeOf(agent).output[3], { arguments: '{}' });
});

test('edge case 35: output_index counts all items, and blocks that say nothing leave no gap', async (t) => {
  const output = wholeOf((sink) => {
    block(sink, { kind: 'text' });
    block(sink, { kind: 'thinking', maker: 'chat' });
    block(sink, { kind: 'tool-call', id: 'c1', name: 'f' }, '{}');
    block(sink, { kind: 'text' });
    block(sink, { kind: 'tool-call', id: 'c2', name: 'g' }, '{}');
    sink.end('tool-use');
  }).output;
  t.same(
    output.map((item) => item.id),
    ['fc_a1b2_0', 'fc_a1b2_1'],
  );
});

test('edge case 38: events are numbered without a gap, fit their items, and come in pairs; one end, no [DONE]', async (t) => {
  const events = eventsOf(agent);
  t.same(
    events.map(({ sequence_number }) => sequence_number),
    events.map((_, index) => index),
  );
  const final = events.at(-1);
  const output = final?.type === 'response.completed' ? final.response.output : [];
  t.equal(output.length, 4);
  for (const event of events)
    if ('item_id' in event && 'output_index' in event) t.equal(event.item_id, output[event.output_index]?.id, event.type);
  for (const kind of ['output_item', 'content_part', 'reasoning_summary_part']) {
    const count = (end: string) => events.filter(({ type }) => type === `response.${kind}.${end}`).length;
    t.ok(count('added') > 0);
    t.equal(count('added'), count('done'), kind);
  }
  t.notMatch(textOf(agent), /\[DONE\]/);
  const writer = responses.createStreamWriter(context);
  say('a')(writer);
  writer.take();
  writer.fail({ message: 'late', type: null, code: null, param: null });
  writer.end('end');
  t.equal(writer.take(), '', 'nothing after the end');
});

test('edge case 44: the end of a stream holds the very Response that is the whole answer', async (t) => {
  for (const script of [agent, say('a'), say()]) {
    const final = eventsOf(script).at(-1);
    t.strictSame(final?.type === 'response.completed' && final.response, wholeOf(script));
  }
});

test('edge case 40: a failure ends the stream with response.failed, which holds what has come', async (t) => {
  const failing: Script = (sink) => {
    sink.begin({});
    sink.open({ kind: 'text' });
    sink.text('Hel');
    sink.fail({ message: 'Too busy.', type: 'overloaded_error', code: null, param: null });
  };
  t.match(eventsOf(failing).at(-1), {
    type: 'response.failed',
    response: {
      status: 'failed',
      error: { code: 'server_is_overloaded', message: 'Too busy.' },
      output: [{ type: 'message', status: 'incomplete', content: [{ text: 'Hel' }] }],
    },
  });
  t.equal(wholeOf(failing), undefined);
  const atOnce = eventsOf((sink) => sink.fail({ message: 'm', type: null, code: 'x', param: null }));
  t.same(
    atOnce.map(({ type }) => type),
    ['response.created', 'response.in_progress', 'response.failed'],
  );
});

test('edge case 41: text may come with the first event, and nothing may come at all', async (t) => {
  t.equal(eventsOf((sink) => block(sink, { kind: 'text' }, 'a'))[0]?.type, 'response.created');
  t.same(wholeOf(say()).output, []);
});

test('edge case 42: the proof of another maker goes out sealed, OpenAI’s own as it is, and thought without proof is marked', async (t) => {
  const thought = (maker: 'openai' | 'anthropic' | 'chat', proof?: string) =>
    wholeOf((sink) => {
      sink.open({ kind: 'thinking', maker });
      sink.text('hm');
      if (proof !== undefined) sink.signature(proof);
      sink.close();
      sink.open({ kind: 'redacted-thinking', maker: 'anthropic', proof: 'hidden' });
      sink.close();
      sink.end('end');
    }).output;
  const summary = [{ type: 'summary_text', text: 'hm' }];
  const hidden = { summary: [], encrypted_content: seal({ maker: 'anthropic', proof: 'hidden', redacted: true }) };
  t.match(thought('openai', 'gAAA'), [{ type: 'reasoning', summary, encrypted_content: 'gAAA' }, hidden]);
  t.match(thought('anthropic', 'sig'), [{ summary, encrypted_content: seal({ maker: 'anthropic', proof: 'sig' }) }, hidden]);
  t.match(thought('chat'), [{ summary, encrypted_content: seal({ maker: 'chat' }) }, hidden]);
});

test('names and custom tools come back as the client knows them', async (t) => {
  const more = { toolNames: { mcp_tool_1: 'mcp.tool' }, customTools: ['patch'] };
  const script: Script = (sink) => {
    block(sink, { kind: 'tool-call', id: 'c1', name: 'mcp_tool_1' }, '{}');
    block(sink, { kind: 'tool-call', id: 'c2', name: 'patch' }, '{"in', 'put":"*** a"}');
    block(sink, { kind: 'tool-call', id: 'c3', name: 'patch' }, 'not wrapped');
    block(sink, { kind: 'tool-call', id: 'c4', name: 'grep', custom: true }, 'a.*', 'b');
    sink.end('tool-use');
  };
  t.match(wholeOf(script, more).output, [
    { type: 'function_call', call_id: 'c1', name: 'mcp.tool' },
    { type: 'custom_tool_call', call_id: 'c2', name: 'patch', input: '*** a' },
    { input: 'not wrapped' },
    { type: 'custom_tool_call', name: 'grep', input: 'a.*b' },
  ]);
  const pieces = eventsOf(script, more).flatMap((event) =>
    event.type === 'response.custom_tool_call_input.delta' ? [event.delta] : [],
  );
  t.same(pieces, ['*** a', 'not wrapped', 'a.*', 'b']);
});

test('the official SDK reads the whole answer', async (t) => {
  const client = clientOf(JSON.stringify(wholeOf(agent)), 'application/json');
  const response = await client.responses.create({ model: 'alias', input: 'Hi' });
  t.equal(response.output_text, 'Hello “you”\nagain');
});

test('the official SDK reads the stream, event by event and as a final response', async (t) => {
  const seen: string[] = [];
  for await (const event of await clientOf(textOf(agent)).responses.create({ model: 'alias', input: 'Hi', stream: true }))
    if (event.type === 'response.output_text.delta') seen.push(event.delta);
  t.same(seen, ['Hel', 'lo “you”\n', 'again']);
  const final = await clientOf(textOf(agent)).responses.stream({ model: 'alias', input: 'Hi' }).finalResponse();
  t.same(
    final.output.map(({ type }) => type),
    ['reasoning', 'message', 'function_call', 'function_call'],
  );
  t.match(final, { status: 'completed', usage: { total_tokens: 120 } });
});

test('what the official SDK puts together from the events is what the end says', async (t) => {
  const text = textOf(agent);
  const end = text.lastIndexOf('event: response.completed');
  const together = await clientOf(text.slice(0, end)).responses.stream({ model: 'alias', input: 'Hi' }).finalResponse();
  const strip = (value: unknown) =>
    JSON.parse(
      JSON.stringify(value, (name, each) => (['status', 'parsed', 'parsed_arguments'].includes(name) ? undefined : each)),
    ) as {
      output: unknown[];
    };
  // Reasoning is not put together by it.
  t.same(strip(together).output.slice(1), strip(wholeOf(agent)).output.slice(1));
});

test('the AI SDK reads the stream as well', async (t) => {
  const fetch = async () => new Response(textOf(agent), { headers: { 'content-type': 'text/event-stream' } });
  const provider = createOpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1/v1', fetch });
  const result = streamText({ model: provider.responses('gpt-5.1'), prompt: 'Hi', maxRetries: 0 });
  const calls = await result.toolCalls;
  t.equal(await result.text, 'Hello “you”\nagain');
  t.match(
    calls.map(({ toolName, toolCallId }) => [toolName, toolCallId]),
    [
      ['weather', 'toolu_1'],
      ['now', 'toolu_2'],
    ],
  );
  t.match(await result.usage, { inputTokens: 100, outputTokens: 20 });
  t.equal(await result.finishReason, 'tool-calls');
});
