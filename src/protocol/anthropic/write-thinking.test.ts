import { test } from 'tap';
import type { MiddleRequest, Part, Reasoning, Turn } from '../middle/request.js';
import { writeRequest } from './write-request.js';

const hello: Turn = { role: 'user', parts: [{ kind: 'text', text: 'Hello', at: 'messages[0].content' }] };

function write(reasoning: Reasoning | undefined, model: string, request: Partial<MiddleRequest> = {}) {
  const fields = { reasoning: 'reasoning_effort', temperature: 'temperature', topK: 'top_k', topP: 'top_p' };
  const defaults = {
    from: 'chat',
    model,
    stream: false,
    system: [],
    turns: [hello],
    tools: [],
    others: {},
    lost: [],
    fields,
  } as const;
  const { body, dropped } = writeRequest({ ...defaults, ...(reasoning && { reasoning }), ...request });
  return { thinking: body.thinking, output: body.output_config, max: body.max_tokens, body, dropped };
}

const OLD = 'claude-sonnet-4-5';
const NEW = 'claude-opus-4-7';

test('edge case 22: an effort is a budget for older models and stays an effort for newer ones', async (t) => {
  t.match(write({ mode: 'on', effort: 'high' }, OLD), {
    thinking: { type: 'enabled', budget_tokens: 16_384 },
    output: undefined,
    dropped: [],
  });
  t.match(write({ mode: 'on', effort: 'high' }, NEW), {
    thinking: { type: 'adaptive', display: 'summarized' },
    output: { effort: 'high' },
    dropped: [],
  });
  t.match(write({ mode: 'on', effort: 'minimal' }, OLD), { thinking: { budget_tokens: 1024 } });
  t.match(write({ mode: 'on', effort: 'minimal' }, NEW), { output: { effort: 'low' } });
  t.match(write({ mode: 'on', effort: 'xhigh' }, 'claude-opus-4-6'), {
    output: { effort: 'high' },
    dropped: ['reasoning_effort'],
  });
  t.match(write({ mode: 'on', effort: 'extreme' }, NEW), {
    thinking: { type: 'adaptive' },
    output: undefined,
    dropped: ['reasoning_effort'],
  });
});

test('edge case 22: models that cannot think leave it out by name; without a word of the client there is none', async (t) => {
  t.match(write({ mode: 'on', effort: 'high' }, 'claude-3-5-haiku-latest'), {
    thinking: undefined,
    dropped: ['reasoning_effort'],
  });
  for (const model of [OLD, NEW, 'claude-opus-5'])
    t.match(write(undefined, model), { thinking: undefined, output: undefined, dropped: [] });
});

test('edge case 22: off is off as each model knows it', async (t) => {
  t.match(write({ mode: 'off' }, OLD), { thinking: undefined, dropped: [] });
  t.match(write({ mode: 'off' }, NEW), { thinking: undefined, dropped: [] });
  t.match(write({ mode: 'off' }, 'claude-opus-5'), { thinking: { type: 'disabled' }, dropped: [] });
  t.match(write({ mode: 'off' }, 'claude-sonnet-5-5'), { thinking: { type: 'between_tools' }, dropped: [] });
  t.match(write({ mode: 'off' }, 'claude-opus-5-5'), {
    thinking: undefined,
    output: { effort: 'low' },
    dropped: ['reasoning_effort'],
  });
});

test('edge case 18: a budget is at least 1024 and leaves room below the limit', async (t) => {
  const budgetOf = (budget: number, maxOutput: number) => write({ mode: 'on', budget }, OLD, { maxOutput });
  t.match(budgetOf(4000, 8000), { thinking: { budget_tokens: 4000 }, max: 8000, dropped: [] });
  t.match(budgetOf(10_000, 8000), { thinking: { budget_tokens: 7999 }, max: 8000, dropped: ['reasoning_effort'] });
  t.match(budgetOf(10, 8000), { thinking: { budget_tokens: 1024 } });
  t.match(budgetOf(2000, 1024), { thinking: undefined, max: 1024, dropped: ['reasoning_effort'] }, 'no room for any');
  t.match(
    write({ mode: 'on', effort: 'high' }, OLD, { maxOutput: 4000 }),
    { thinking: { budget_tokens: 1999 } },
    'half of it for an effort',
  );
});

test('a budget for a model that decides itself is left out by name', async (t) => {
  t.match(write({ mode: 'on', budget: 4000 }, NEW), {
    thinking: { type: 'adaptive', budget_tokens: undefined },
    dropped: ['reasoning_effort'],
  });
});

test('edge case 20: with thinking on there is no sampling', async (t) => {
  for (const model of [OLD, 'claude-opus-4-6']) {
    const { body, dropped } = write({ mode: 'on', effort: 'low' }, model, { temperature: 0.3, topP: 0.5, topK: 4 });
    t.match(body, { temperature: undefined, top_p: undefined, top_k: undefined });
    t.same([...dropped].toSorted(), ['temperature', 'top_k', 'top_p']);
  }
});

test('thought is shown to chat clients, to Responses clients that ask, and hidden from those who say so', async (t) => {
  const displayOf = (request: Partial<MiddleRequest>, summary?: string) =>
    (write({ mode: 'on', ...(summary && { summary }) }, NEW, request).thinking as { display?: string }).display;
  t.equal(displayOf({ from: 'chat' }), 'summarized');
  t.equal(displayOf({ from: 'responses' }), undefined);
  t.equal(displayOf({ from: 'responses' }, 'auto'), 'summarized');
  t.equal(displayOf({ from: 'messages' }, 'omitted'), 'omitted');
});

const call: Part = { kind: 'tool-call', at: 'messages[1].tool_calls[0]', id: 'c', name: 'look', input: '{}' };
const answered: Turn = { role: 'user', parts: [{ kind: 'tool-result', at: 'r', id: 'c', parts: [] }] };
const thought = (more: object): Part =>
  ({ kind: 'thinking', at: 'messages[1].content[0]', text: 'Hm', maker: 'anthropic', ...more }) as Part;
const loop = (...parts: Part[]): Partial<MiddleRequest> => ({
  turns: [hello, { role: 'assistant', parts: [...parts, call] }, answered],
});
const blocksOf = ({ body }: ReturnType<typeof write>) =>
  (body.messages as { content: { type: string }[] }[])[1]?.content.map(({ type }) => type);

test('edge case 42: only what Anthropic signed goes back to it, the rest is left out by name', async (t) => {
  const signed = thought({ proof: 'sig' });
  const written = write(
    { mode: 'on' },
    NEW,
    loop(signed, { kind: 'redacted-thinking', at: 'x', maker: 'anthropic', proof: 'data' }),
  );
  t.match((written.body.messages as { content: unknown[] }[])[1]?.content, [
    { type: 'thinking', thinking: 'Hm', signature: 'sig' },
    { type: 'redacted_thinking', data: 'data' },
    { type: 'tool_use' },
  ]);
  for (const foreign of [thought({}), thought({ maker: 'chat' }), thought({ maker: 'openai', proof: 'gAAA' })]) {
    const left = write({ mode: 'on' }, NEW, loop(foreign));
    t.same(blocksOf(left), ['tool_use']);
    t.same(left.dropped, ['messages[].content[]']);
  }
});

test('edge case 42: a loop of tools whose thought is not proven goes on without a budget, one that is with it', async (t) => {
  t.match(write({ mode: 'on' }, OLD, loop(thought({ proof: 'sig' }))), { thinking: { type: 'enabled' } });
  for (const parts of [[], [thought({ maker: 'chat' })]])
    t.match(write({ mode: 'on' }, OLD, loop(...parts)), { thinking: undefined, dropped: /reasoning_effort/ });
  const longer = {
    turns: [
      hello,
      { role: 'assistant', parts: [thought({ proof: 'sig' }), call] },
      answered,
      { role: 'assistant', parts: [call] },
      answered,
    ],
  };
  t.match(
    write({ mode: 'on' }, OLD, longer as Partial<MiddleRequest>),
    { thinking: { type: 'enabled' } },
    'one thought is enough for a loop',
  );
  const over = {
    turns: [...(loop().turns ?? []), { role: 'assistant', parts: [{ kind: 'text', text: 'Done', at: 'x' }] }, hello],
  };
  t.match(
    write({ mode: 'on' }, OLD, over as Partial<MiddleRequest>),
    { thinking: { type: 'enabled' } },
    'a loop that is over asks for nothing',
  );
  t.match(write({ mode: 'on' }, NEW, loop()), { thinking: { type: 'adaptive' } }, 'adaptive thinking asks for nothing');
});

test('edge case 42: where thinking is off, the answer still being made holds no thought, those before it may', async (t) => {
  const signed = thought({ proof: 'sig' });
  t.same(blocksOf(write(undefined, OLD, loop(signed))), ['tool_use']);
  t.same(blocksOf(write(undefined, 'claude-opus-5', loop(signed))), ['thinking', 'tool_use'], 'it thinks without being asked');
  t.same(blocksOf(write({ mode: 'off' }, 'claude-opus-5', loop(signed))), ['tool_use']);
  t.same(blocksOf(write({ mode: 'off' }, 'claude-opus-5-5', loop(signed))), ['thinking', 'tool_use'], 'it cannot be told not to');
  const over = { turns: [...(loop(signed).turns ?? []), hello] };
  t.same(blocksOf(write(undefined, OLD, over)), ['thinking', 'tool_use']);
  t.same(
    blocksOf(write(undefined, 'claude-3-5-haiku-latest', over)),
    ['tool_use'],
    'a model that cannot think takes none at all',
  );
});
