/** Tools: calls in every shape, choices, and an agent's loop. */
import { PLAIN_TEXT } from '../../mock/script/compose.js';
import { schemaHash } from '../../mock/script/seen.js';
import { equal, NotApplicable, ok } from '../expect.js';
import { BOTH, type Feature, WHOLE } from '../feature.js';
import { CLOCK, PATCH, PICTURE, POPULATION, TOOLS, WEATHER } from '../samples.js';
import type { Call, Got, Step } from '../words.js';

const PARIS = { name: 'get_weather', input: { city: 'Paris' } };
const TOKYO = { name: 'get_population', input: { city: 'Tokyo' } };

function inputsOf({ calls }: Got): object[] {
  const ids = new Set(calls.map(({ id }) => id));
  ok(ids.size === calls.length && !ids.has(''), 'call ids repeat or are missing');
  return calls.map(({ name, input }) => ({ name, input }));
}

function callsFeature(id: string, title: string, directive: string, wanted: object[]): Feature {
  return {
    ...{ id, title, modes: BOTH },
    run: async (cell) => {
      const got = await cell.ask(directive, { tools: TOOLS });
      equal(inputsOf(got), wanted, 'calls');
      equal(got.stop, 'tools', 'stop');
    },
  };
}

/** Ids and a name that another provider made: too long, or with characters that some forbid. */
const STRANGE: readonly Call[] = [
  { id: 'call:0/weather.1', name: WEATHER.name, input: { city: 'Paris' } },
  { id: `call_${'x'.repeat(80)}`, name: CLOCK.name, input: {} },
];

export const TOOL_FEATURES: readonly Feature[] = [
  callsFeature('tools-parallel', 'tool calls, parallel', '[[tools 2]]', [PARIS, TOKYO]),
  callsFeature('tools-interleaved', 'tool calls, interleaved pieces', '[[tools interleaved]]', [PARIS, TOKYO]),
  callsFeature('tool-zero', 'tool call without arguments', '[[tool zero-argument]]', [{ name: 'get_time', input: {} }]),
  callsFeature('tool-whole', 'tool call, arguments in one piece', '[[tool whole-arguments]]', [PARIS]),
  {
    id: 'tool-definitions',
    title: 'tool names, descriptions, schemas',
    modes: WHOLE,
    run: async (cell) => {
      const { tools } = await cell.echo({ tools: TOOLS });
      equal(
        tools.map(({ name, description }) => ({ name, description })),
        TOOLS.map(({ name, description }) => ({ name, description })),
        'tools',
      );
      // The ai library adds `$schema` to a schema or leaves it, as it likes.
      if (cell.kind.sdk !== 'ai')
        equal(
          tools.map((tool) => tool.schemaHash),
          TOOLS.map(({ schema }) => schemaHash(schema)),
          'schemas',
        );
    },
  },
  {
    id: 'tool-choice',
    byFamily: true,
    title: 'tool choice: one, any, none; one at a time',
    modes: WHOLE,
    run: async (cell) => {
      const forced = await cell.ask('[[tools 2]]', { tools: TOOLS, toolChoice: { tool: POPULATION.name } });
      equal(
        forced.calls.map(({ name }) => name),
        [POPULATION.name],
        'forced tool',
      );
      // The ai library takes no answer in words where a call was required.
      if (cell.kind.sdk === 'ai')
        equal((await cell.ask('[[tools 2]]', { tools: TOOLS, toolChoice: 'required' })).calls.length, 2, 'any tool');
      else equal((await cell.echo({ tools: TOOLS, toolChoice: 'required' })).toolChoice, 'required', 'any tool');
      const none = await cell.ask('[[tools 2]]', { tools: TOOLS, toolChoice: 'none' });
      equal([none.calls, none.text], [[], PLAIN_TEXT], 'no tool');
      const one = await cell.ask('[[tools 2]]', { tools: TOOLS, parallel: false });
      equal(inputsOf(one), [PARIS], 'one at a time');
    },
  },
  {
    id: 'agent-loop',
    byFamily: true,
    title: 'agent loop: text and calls, results, next turn',
    modes: BOTH,
    run: async (cell) => {
      const first = await cell.ask('[[text]] [[tools 2]]', { tools: TOOLS });
      equal(first.text, PLAIN_TEXT, 'text beside calls');
      const [one, two] = first.calls;
      ok(one !== undefined && two !== undefined, 'two calls');
      const soFar: Step[] = [
        { says: 'user', text: '[[text]] [[tools 2]]' },
        { says: 'model', answer: first },
        {
          says: 'tools',
          results: [
            { call: one, text: '18 degrees' },
            { call: two, text: 'no such city', isError: true },
          ],
        },
      ];
      const [quoted, second] = await cell.quoted(soFar, { tools: TOOLS });
      equal(quoted.assistantTexts, [PLAIN_TEXT], 'text sent back');
      equal(
        quoted.results.map(({ name }) => name),
        ['get_weather', 'get_population'],
        'results',
      );
      equal(
        quoted.results.map(({ input }) => JSON.parse(input)),
        [PARIS.input, TOKYO.input],
        'calls sent back',
      );
      ok(
        quoted.results[0]?.text === '18 degrees' && (quoted.results[1]?.text ?? '').includes('no such city'),
        `texts of results: ${JSON.stringify(quoted.results)}`,
      );
      const third = await cell.ask([...soFar, { says: 'model', answer: second }, { says: 'user', text: '[[text]]' }], {
        tools: TOOLS,
      });
      equal(third.text, PLAIN_TEXT, 'the next turn');
    },
  },
  {
    id: 'tool-result-image',
    title: 'picture in a tool result',
    modes: WHOLE,
    exceptions: [{ client: 'chat', outcome: 'n/a', why: 'tool messages of chat are text' }],
    run: async (cell) => {
      const first = await cell.ask('[[tool whole-arguments]]', { tools: TOOLS });
      const [call] = first.calls;
      ok(call !== undefined, 'a call');
      const [quoted] = await cell.quoted(
        [
          { says: 'user', text: '[[tool whole-arguments]]' },
          { says: 'model', answer: first },
          { says: 'tools', results: [{ call, text: 'see', image: PICTURE }] },
        ],
        { tools: TOOLS },
      );
      equal(
        quoted.results.map(({ images }) => images),
        [1],
        'pictures',
      );
      equal(quoted.results[0]?.text, 'see', 'text');
    },
  },
  {
    id: 'tool-custom',
    title: 'tool that takes free text, through a loop',
    modes: BOTH,
    exceptions: [
      { client: 'messages', outcome: 'n/a', why: 'OpenAI’s APIs alone have such tools' },
      { sdk: 'ai', outcome: 'n/a', why: 'the ai library has none for models that it does not know' },
    ],
    run: async (cell) => {
      if (cell.kind.protocol === 'chat' && cell.mode === 'stream')
        throw new NotApplicable('the openai library’s stream helper knows no such calls in chat');
      const settings = { tools: [PATCH] };
      const first = await cell.ask('[[tools 1]]', settings);
      equal(
        first.calls.map(({ name, input, custom }) => ({ name, input, custom })),
        [{ name: 'apply_patch', input: 'Paris', custom: true }],
        'call',
      );
      const [quoted] = await cell.quoted(
        [
          { says: 'user', text: '[[tools 1]]' },
          { says: 'model', answer: first },
          { says: 'tools', results: first.calls.map((call) => ({ call, text: 'done' })) },
        ],
        settings,
      );
      equal(
        quoted.results.map(({ name, text }) => ({ name, text })),
        [{ name: 'apply_patch', text: 'done' }],
        'result',
      );
    },
  },
  {
    id: 'tool-ids',
    title: 'call ids of another provider',
    modes: WHOLE,
    exceptions: [{ same: true, outcome: 'n/a', why: 'bytes pass untouched: ids are the provider’s to judge' }],
    run: async (cell) => {
      const [one, two] = STRANGE;
      ok(one !== undefined && two !== undefined, 'two calls');
      const [quoted] = await cell.quoted(
        [
          { says: 'user', text: '[[tools 2]]' },
          { says: 'stranger', text: 'I look.', calls: STRANGE },
          {
            says: 'tools',
            results: [
              { call: two, text: 'noon' },
              { call: one, text: '18' },
            ],
          },
        ],
        { tools: TOOLS },
      );
      equal(
        Object.fromEntries(quoted.results.map(({ name, text }) => [name, text])),
        { get_weather: '18', get_time: 'noon' },
        'results',
      );
    },
  },
];
