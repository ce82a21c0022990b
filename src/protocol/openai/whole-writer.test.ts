import fc from 'fast-check';
import type OpenAI from 'openai';
import { test } from 'tap';
import type { AnswerContext, AnswerSink, BlockHead, StopReason } from '../middle/answer.js';
import { isJsonObject } from '../middle/fields.js';
import { readWhole } from './read-whole.js';
import { ChatStreamReader } from './stream-reader.js';
import { ChatStreamWriter } from './stream-writer.js';
import { ChatWholeWriter } from './whole-writer.js';

const CONTEXT: AnswerContext = { answerId: 'A1', createdAt: 1700000000, model: 'alias', includeUsage: true };

test('the whole answer has every member that the official SDK reads', async (t) => {
  const writer = new ChatWholeWriter(CONTEXT);
  writer.begin();
  writer.open({ kind: 'text' });
  writer.text('Hi');
  writer.close();
  t.equal(writer.body(), undefined, 'not before its end');
  writer.usage({ input: 3, output: 1 });
  writer.end('end');
  const wanted: OpenAI.ChatCompletion = {
    id: 'chatcmpl-A1',
    object: 'chat.completion',
    created: 1700000000,
    model: 'alias',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi', refusal: null }, logprobs: null, finish_reason: 'stop' }],
    usage: {
      prompt_tokens: 3,
      completion_tokens: 1,
      total_tokens: 4,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  };
  t.strictSame(writer.body(), wanted);
});

test('content is null beside tool calls alone, and empty where the answer says nothing', async (t) => {
  const contentOf = (...heads: BlockHead[]) => {
    const writer = new ChatWholeWriter(CONTEXT);
    for (const head of heads) {
      writer.open(head);
      writer.close();
    }
    writer.end('end');
    return (writer.body() as unknown as OpenAI.ChatCompletion).choices[0]?.message.content;
  };
  t.equal(contentOf({ kind: 'tool-call', id: 'a', name: 'f' }), null);
  t.equal(contentOf(), '');
});

type Block = { readonly head: BlockHead; readonly pieces: readonly string[]; readonly proof?: string };

const words = fc.array(
  fc.string({ minLength: 1 }).map((each) => `${each}.`),
  { minLength: 1, maxLength: 4 },
);
const json = fc.json().chain((value) => fc.array(fc.nat(20), { maxLength: 3 }).map((cuts) => cutAt(value, cuts)));
const blockArbitrary: fc.Arbitrary<Block> = fc.oneof(
  words.map((pieces) => ({ head: { kind: 'text' as const }, pieces })),
  words.map((pieces) => ({ head: { kind: 'refusal' as const }, pieces })),
  fc.tuple(words, fc.constantFrom('anthropic' as const, 'openai' as const, 'chat' as const)).map(([pieces, maker]) => ({
    head: { kind: 'thinking' as const, maker },
    pieces,
    ...(maker !== 'chat' && { proof: `proof of ${maker}` }),
  })),
  fc.tuple(fc.uuid(), json).map(([id, pieces]) => ({ head: { kind: 'tool-call' as const, id, name: 'f' }, pieces })),
);

function cutAt(value: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map((cut) => Math.min(cut, value.length)).sort((one, other) => one - other), value.length];
  return places.slice(1).flatMap((end, index) => value.slice(places[index], end) || []);
}

function tell(sink: AnswerSink, blocks: readonly Block[], stop: StopReason): void {
  sink.begin({ id: 'up' });
  for (const { head, pieces, proof } of blocks) {
    sink.open(head);
    for (const piece of pieces) sink.text(piece);
    if (proof !== undefined) sink.signature(proof);
    sink.close();
  }
  sink.usage({ input: 7, output: 5, cachedInput: 2, cacheWrite: 1, reasoning: 4 });
  sink.end(stop);
}

/** As the official SDK does it: texts joined, lists by `index`, `thinking_blocks` one behind the other. */
function joined(stream: string): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  let finish: unknown;
  let usage: unknown;
  for (const event of stream.split('\n\n').slice(0, -2)) {
    const chunk = JSON.parse(event.slice(6)) as OpenAI.ChatCompletionChunk;
    usage = chunk.usage ?? usage;
    for (const choice of chunk.choices) {
      finish = choice.finish_reason ?? finish;
      for (const [name, value] of Object.entries(choice.delta)) join(message, name, value);
    }
  }
  return { message, finish, usage };
}

function join(onto: Record<string, unknown>, name: string, value: unknown): void {
  const before = onto[name];
  if (typeof before === 'string' && typeof value === 'string') onto[name] = before + value;
  else if (name === 'thinking_blocks') onto[name] = [...((before as unknown[]) ?? []), ...(value as unknown[])];
  else if (name === 'tool_calls')
    onto[name] = joinCalls((before as Record<string, unknown>[]) ?? [], value as { index: number }[]);
  else if (isJsonObject(value)) {
    const inside = isJsonObject(before) ? before : {};
    for (const [member, inner] of Object.entries(value)) join(inside, member, inner);
    onto[name] = inside;
  } else onto[name] = value;
}

function joinCalls(calls: Record<string, unknown>[], deltas: readonly { readonly index: number }[]): Record<string, unknown>[] {
  for (const { index, ...rest } of deltas) {
    const call = calls[index] ?? {};
    calls[index] = call;
    for (const [member, inner] of Object.entries(rest)) join(call, member, inner);
  }
  return calls;
}

test('edge case 44: whatever the answer, streamed and whole agree member for member', async (t) => {
  fc.assert(
    fc.property(
      fc.array(blockArbitrary, { maxLength: 6 }),
      fc.constantFrom('end' as const, 'length' as const, 'refusal' as const),
      (blocks, stop) => {
        const whole = new ChatWholeWriter(CONTEXT);
        const stream = new ChatStreamWriter(CONTEXT);
        for (const writer of [whole, stream]) tell(writer, blocks, stop);
        const { message, finish, usage } = joined(stream.take());
        const body = whole.body() as unknown as OpenAI.ChatCompletion;
        const said = Object.fromEntries(Object.entries(message as object).filter(([, value]) => value !== null && value !== ''));
        const wanted = Object.fromEntries(
          Object.entries(body.choices[0]?.message ?? {}).filter(([, value]) => value !== null && value !== ''),
        );
        t.strictSame(said, wanted);
        t.equal(finish, body.choices[0]?.finish_reason);
        t.strictSame(usage, body.usage);
      },
    ),
    { numRuns: 150 },
  );
});

test('edge case 44: a chat answer read whole and read streamed is the same answer', async (t) => {
  fc.assert(
    fc.property(
      fc.array(blockArbitrary, { maxLength: 6 }),
      fc.constantFrom('end' as const, 'length' as const),
      (blocks, stop) => {
        const whole = new ChatWholeWriter(CONTEXT);
        const stream = new ChatStreamWriter(CONTEXT);
        // In a message the order is fixed: what a stream says in another cannot be seen in it.
        const order = ['thinking', 'text', 'refusal', 'tool-call'];
        const sorted = blocks.toSorted((one, other) => order.indexOf(one.head.kind) - order.indexOf(other.head.kind));
        // Thought in chat is all of one maker, or none of it is signed.
        const same = sorted.map(
          (each): Block =>
            each.head.kind === 'thinking' ? { ...each, proof: 'proof', head: { kind: 'thinking', maker: 'anthropic' } } : each,
        );
        for (const writer of [whole, stream]) tell(writer, same, stop);
        const again = { whole: new ChatWholeWriter(CONTEXT), stream: new ChatWholeWriter(CONTEXT) };
        readWhole(whole.body() ?? {}, again.whole);
        const reader = new ChatStreamReader(again.stream);
        for (const event of stream.take().split('\n\n')) reader.event('', event.slice(6));
        t.ok(again.whole.body());
        t.strictSame(again.stream.body(), again.whole.body());
      },
    ),
    { numRuns: 150 },
  );
});
