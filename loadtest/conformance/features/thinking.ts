/** Thoughts: shown, proven, carried through a whole agent loop, never forged. */
import { PLAIN_TEXT, THOUGHT } from '../../mock/script/compose.js';
import type { Cell } from '../cell.js';
import { equal, ok } from '../expect.js';
import { BOTH, type Feature, WHOLE } from '../feature.js';
import { TOOLS } from '../samples.js';
import type { Got, Step } from '../words.js';

/** The ai library's chat provider knows no thoughts at all; the loop must go on without them. */
function seesThoughts({ kind }: Cell): boolean {
  return kind.sdk !== 'ai' || kind.protocol !== 'chat';
}

async function loop(cell: Cell, directive: string, thoughts: number): Promise<void> {
  const settings = { tools: TOOLS, reasoning: true, maxTokens: 8000 };
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
  if (seesThoughts(cell)) equal(quoted.thoughts, thoughts, 'thoughts that came back whole');
  const third = await cell.ask([...soFar, { says: 'model', answer: second }, { says: 'user', text: '[[text]]' }], settings);
  equal(third.text, PLAIN_TEXT, 'the next turn');
}

function lookAt(cell: Cell, { calls, thought, hidden }: Got, directive: string): void {
  equal(calls.length, 2, 'number of calls');
  if (!seesThoughts(cell)) return;
  if (directive.includes('[[thinking]]')) equal(thought, THOUGHT, 'thought');
  if (directive.includes('[[redacted]]')) equal(hidden, 1, 'hidden thoughts');
}

export const THINKING_FEATURES: readonly Feature[] = [
  {
    id: 'thinking',
    title: 'thinking',
    modes: BOTH,
    run: async (cell) => {
      const { text, thought, usage } = await cell.ask('[[thinking]] [[text]]', { reasoning: true, maxTokens: 8000 });
      equal(text, PLAIN_TEXT, 'text');
      if (seesThoughts(cell)) equal(thought, THOUGHT, 'thought');
      equal(usage.output, 32, 'output tokens');
    },
  },
  {
    id: 'thinking-loop',
    title: 'thinking through an agent loop',
    modes: BOTH,
    run: (cell) => loop(cell, '[[thinking]] [[tools 2]]', 1),
  },
  {
    id: 'redacted-loop',
    title: 'redacted thinking through an agent loop',
    modes: BOTH,
    exceptions: [{ upstream: 'chat', outcome: 'n/a', why: 'chat has no redacted thinking' }],
    run: (cell) => loop(cell, '[[redacted]] [[tools 2]]', 1),
  },
  {
    id: 'effort',
    title: 'reasoning effort',
    modes: WHOLE,
    run: async (cell) => {
      const { reasoning } = await cell.echo({ reasoning: true, maxTokens: 8000 });
      ok(reasoning?.on === true, `reasoning: ${JSON.stringify(reasoning)}`);
      if (cell.upstream !== 'messages')
        ok(reasoning.effort !== undefined && reasoning.effort !== 'none', `effort: ${reasoning.effort}`);
      if (cell.kind.protocol !== 'messages' && cell.upstream !== 'messages') equal(reasoning.effort, 'high', 'effort');
      ok((await cell.echo({})).reasoning?.on !== true, 'reasoning is on though nobody asked');
    },
  },
];
