/** The official SDK reads what is written here, and what it sends is read here. */
import Anthropic from '@anthropic-ai/sdk';
import type { MessageCreateParamsStreaming } from '@anthropic-ai/sdk/resources/messages';
import { test } from 'tap';
import type { AnswerSink } from '../middle/answer.js';
import { messages } from './dialect.js';

const CONTEXT = { model: 'alias', includeUsage: true, answerId: 'a1', createdAt: 0 };

function answer(sink: AnswerSink): void {
  sink.begin({});
  sink.open({ kind: 'thinking', maker: 'openai', id: 'rs_1' });
  sink.text('Hm.\n"Quoted" – and 鍵🔑');
  sink.signature('gAAA');
  sink.close();
  sink.open({ kind: 'text' });
  sink.text('\n\n');
  sink.text('Looking.');
  sink.close();
  sink.open({ kind: 'tool-call', id: 'call_1', name: 'look' });
  sink.text('{"at":"über');
  sink.text(' all"}');
  sink.close();
  sink.open({ kind: 'tool-call', id: 'call_2', name: 'rest' });
  sink.close();
  sink.usage({ input: 10, cachedInput: 3, cacheWrite: 2, output: 7, reasoning: 4 });
  sink.end('end');
}

/** A client of the SDK that gets this body, and what it sent. */
function client(body: string, type: string) {
  const sent: unknown[] = [];
  const fetch = async (_url: unknown, init?: { body?: unknown }) => {
    sent.push(JSON.parse(String(init?.body)));
    return new Response(body, { headers: { 'content-type': type } });
  };
  return { sent, sdk: new Anthropic({ apiKey: 'sk-test', fetch: fetch as typeof globalThis.fetch, maxRetries: 0 }) };
}

const ASKED: Omit<MessageCreateParamsStreaming, 'stream'> = {
  model: 'alias',
  max_tokens: 2000,
  system: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }],
  thinking: { type: 'adaptive' },
  tools: [{ name: 'look', input_schema: { type: 'object' } }],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://a/b.png' } }] }],
};

test('a stream is assembled by the SDK to what the whole answer says', async (t) => {
  const [stream, whole] = [messages.createStreamWriter(CONTEXT), messages.createWholeWriter(CONTEXT)];
  answer(stream);
  answer(whole);
  const { sdk, sent } = client(stream.take(), 'text/event-stream');
  const assembled = await sdk.messages.stream(ASKED).finalMessage();
  const once = await client(JSON.stringify(whole.body()), 'application/json').sdk.messages.create({ ...ASKED, stream: false });
  for (const message of [assembled, once]) {
    t.match(message, {
      id: 'msg_a1',
      model: 'alias',
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Hm.\n"Quoted" – and 鍵🔑', signature: /^tg1\.openai\./ },
        { type: 'text', text: '\n\nLooking.' },
        { type: 'tool_use', id: 'call_1', name: 'look', input: { at: 'über all' } },
        { type: 'tool_use', id: 'call_2', name: 'rest', input: {} },
      ],
      usage: { input_tokens: 5, cache_read_input_tokens: 3, cache_creation_input_tokens: 2, output_tokens: 7 },
    });
    t.equal(message.content.length, 4);
  }
  t.match(messages.readRequest(sent[0] as Record<string, unknown>, 'target'), {
    stream: true,
    reasoning: { mode: 'adaptive' },
    parallelTools: false,
    turns: [{ parts: [{ kind: 'image' }] }],
    lost: [],
  });
});

test('edge case 40: the SDK throws at an error within the stream', async (t) => {
  const writer = messages.createStreamWriter(CONTEXT);
  writer.begin({});
  writer.fail({ message: 'Overloaded', type: 'overloaded_error', code: null, param: null });
  const { sdk } = client(writer.take(), 'text/event-stream');
  await t.rejects(sdk.messages.stream(ASKED).finalMessage(), /Overloaded/);
});

test('edge case 10: what the SDK got from here comes back turn by turn', async (t) => {
  const whole = messages.createWholeWriter(CONTEXT);
  answer(whole);
  const { content } = whole.body() as { content: Record<string, unknown>[] };
  const results = ['call_1', 'call_2'].map((tool_use_id) => ({ type: 'tool_result', tool_use_id, content: 'seen' }));
  const request = messages.readRequest(
    { ...ASKED, messages: [...ASKED.messages, { role: 'assistant', content }, { role: 'user', content: results }] },
    'claude-sonnet-4-5',
  );
  t.match(request.turns[1]?.parts, [
    { kind: 'thinking', maker: 'openai', proof: 'gAAA', id: 'rs_1' },
    { kind: 'text' },
    { kind: 'tool-call', input: '{"at":"über all"}' },
    { kind: 'tool-call', input: '{}' },
  ]);
});
