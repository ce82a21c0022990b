/** Thoughts: shown, proven, carried through a whole agent loop, never forged. */
import { PLAIN_TEXT, THOUGHT } from '../../mock/script/compose.js';
import type { Cell } from '../cell.js';
import { equal, NotApplicable, ok } from '../expect.js';
import { BOTH, type Feature, WHOLE } from '../feature.js';
import { mustBeNamed } from '../named.js';
import { TOOLS } from '../samples.js';
import { type Got, PROTOCOLS, type Protocol, type Step } from '../words.js';

/** A client that speaks to a model of its own maker knows better than to ask one that does not think. */
function mustThink({ same, facts }: Cell): void {
  if (same && !facts.thinks) throw new NotApplicable('the model does not think, and the client’s bytes pass untouched');
}

/** The ai library's chat provider knows no thoughts at all; the loop must go on without them. */
function seesThoughts({ kind }: Cell): boolean {
  return kind.sdk !== 'ai' || kind.protocol !== 'chat';
}

async function loop(cell: Cell, directive: string, thoughts: number): Promise<void> {
  mustThink(cell);
  const settings = { tools: TOOLS, reasoning: cell.reasoning, maxTokens: 8000 };
  const first = await cell.ask(directive, settings);
  lookAt(cell, first, directive);
  const soFar: Step[] = [
    { says: 'user', text: directive },
    { says: 'model', answer: first },
    { says: 'tools', results: first.calls.map((call) => ({ call, text: `result of ${call.name}` })) },
  ];
  const [quoted, second] = await cell.quoted(soFar, settings);
  equal(
    quoted.results.map(({ text }) => text),
    ['result of get_weather', 'result of get_population'],
    'results',
  );
  if (seesThoughts(cell)) equal(quoted.thoughts, cell.facts.shows ? thoughts : 0, 'thoughts that came back whole');
  const third = await cell.ask([...soFar, { says: 'model', answer: second }, { says: 'user', text: '[[text]]' }], settings);
  equal(third.text, PLAIN_TEXT, 'the next turn');
}

/**
 * Calls of one upstream's model, their results told to another's: thoughts of the first are no longer proof of anything.
 * Where the first does not think, a loop begins without a thought; Messages refuses to go on with a budget then, and the
 * bytes of its own clients pass untouched.
 */
async function move(cell: Cell, origin: Protocol): Promise<void> {
  const directive = '[[thinking]] [[tools 2]]';
  const { thinks } = cell.family.models[origin];
  const asks = thinks || cell.kind.protocol !== origin;
  if (!thinks && cell.same && !cell.facts.adaptive) return;
  const first = await cell.ask(directive, {
    ...{ tools: TOOLS, reasoning: asks ? cell.reasoningAt(origin) : undefined, maxTokens: 8000 },
    model: cell.target.modelOf(cell.family, origin),
  });
  equal(first.calls.length, 2, `number of calls at ${origin}`);
  const soFar: Step[] = [
    { says: 'user', text: directive },
    { says: 'model', answer: first },
    { says: 'tools', results: first.calls.map((call) => ({ call, text: `result of ${call.name}` })) },
  ];
  const [quoted] = await cell.quoted(soFar, { tools: TOOLS, reasoning: cell.reasoning, maxTokens: 8000 });
  equal(
    quoted.results.map(({ text }) => text),
    ['result of get_weather', 'result of get_population'],
    `results, begun at ${origin}`,
  );
}

function lookAt(cell: Cell, { calls, thought, hidden }: Got, directive: string): void {
  equal(calls.length, 2, 'number of calls');
  if (!seesThoughts(cell)) return;
  const { shows } = cell.facts;
  if (directive.includes('[[thinking]]')) equal(thought, shows ? THOUGHT : '', 'thought');
  if (directive.includes('[[redacted]]')) equal(hidden, shows ? 1 : 0, 'hidden thoughts');
}

export const THINKING_FEATURES: readonly Feature[] = [
  {
    id: 'thinking',
    byFamily: true,
    title: 'thinking',
    modes: BOTH,
    run: async (cell) => {
      mustThink(cell);
      const { thinks, shows } = cell.facts;
      const { text, thought, usage } = await cell.ask('[[thinking]] [[text]]', { reasoning: cell.reasoning, maxTokens: 8000 });
      equal(text, PLAIN_TEXT, 'text');
      if (seesThoughts(cell)) equal(thought, shows ? THOUGHT : '', 'thought');
      equal(usage.output, thinks ? 32 : 20, 'output tokens');
    },
  },
  {
    id: 'thinking-loop',
    byFamily: true,
    title: 'thinking through an agent loop',
    modes: BOTH,
    run: (cell) => loop(cell, '[[thinking]] [[tools 2]]', 1),
  },
  {
    id: 'redacted-loop',
    byFamily: true,
    title: 'redacted thinking through an agent loop',
    modes: BOTH,
    exceptions: [{ upstream: 'chat', outcome: 'n/a', why: 'chat has no redacted thinking' }],
    run: (cell) => loop(cell, '[[redacted]] [[tools 2]]', 1),
  },
  {
    id: 'thinking-switch',
    exceptions: [
      {
        ...{ client: 'chat', upstream: 'chat', outcome: 'n/a' },
        why: 'thoughts in thinking_blocks go untouched to a chat upstream, which may have made them',
      },
    ],
    title: 'an agent loop that moves to another upstream half-way',
    modes: WHOLE,
    byFamily: true,
    run: async (cell) => {
      mustThink(cell);
      for (const origin of PROTOCOLS.filter((protocol) => protocol !== cell.upstream)) await move(cell, origin);
    },
  },
  {
    id: 'thinking-forced',
    title: 'thinking with a tool forced',
    modes: WHOLE,
    byFamily: true,
    exceptions: [
      { client: 'messages', upstream: 'messages', outcome: 'n/a', why: 'Messages refuses that itself' },
      { client: 'messages', sdk: 'ai', outcome: 'n/a', why: 'the ai library forces no tool while it thinks' },
    ],
    run: async (cell) => {
      mustThink(cell);
      const wish = { tools: TOOLS, reasoning: cell.reasoning, toolChoice: { tool: 'get_population' }, maxTokens: 8000 };
      const { calls } = await cell.ask('[[thinking]] [[tools 2]]', wish);
      const forced = calls.length === 1 && calls[0]?.name === 'get_population';
      if (!forced) mustBeNamed(cell.dropped, /tool_choice/);
    },
  },
  {
    id: 'effort',
    byFamily: true,
    title: 'reasoning effort',
    modes: WHOLE,
    run: async (cell) => {
      mustThink(cell);
      const { reasoning } = await cell.echo({ reasoning: cell.reasoning, maxTokens: 8000 });
      if (!cell.facts.thinks) return mustBeNamed(cell.dropped, /reasoning|thinking|effort/);
      ok(reasoning?.on === true, `reasoning: ${JSON.stringify(reasoning)}`);
      if (cell.upstream !== 'messages')
        ok(reasoning.effort !== undefined && reasoning.effort !== 'none', `effort: ${reasoning.effort}`);
      if (cell.kind.protocol !== 'messages' && cell.upstream !== 'messages') equal(reasoning.effort, 'high', 'effort');
      ok((await cell.echo({})).reasoning?.on !== true, 'reasoning is on though nobody asked');
    },
  },
];
