/** What is not an answer: models, token counts, vectors. */
import { equal, ok } from '../expect.js';
import { type Feature, WHOLE } from '../feature.js';

export const LIST_FEATURES: readonly Feature[] = [
  {
    id: 'models',
    title: "models in the client's dialect",
    modes: WHOLE,
    exceptions: [{ sdk: 'ai', outcome: 'n/a', why: 'the ai library lists no models' }],
    run: async (cell) => {
      const ids = (await cell.client.models?.()) ?? [];
      ok(ids.includes(cell.model), `no ${cell.model} among ${ids.join(', ')}`);
    },
  },
  {
    id: 'count-tokens',
    title: 'count_tokens',
    modes: WHOLE,
    exceptions: [
      { client: 'chat', outcome: 'n/a', why: 'Messages alone has it' },
      { client: 'responses', outcome: 'n/a', why: 'Messages alone has it' },
      { sdk: 'ai', outcome: 'n/a', why: 'the ai library does not count' },
    ],
    run: async (cell) => {
      const count = async (text: string) => (await cell.client.countTokens?.(cell.model, text)) ?? 0;
      const [few, many] = [await count('one two three'), await count('one two three '.repeat(100))];
      ok(few > 0 && many > few * 10, `tokens: ${few} and ${many}`);
    },
  },
  {
    id: 'embeddings',
    title: 'embeddings, numbers and base64',
    modes: WHOLE,
    exceptions: [
      { upstream: 'messages', outcome: 'n/a', why: 'Anthropic has no embeddings' },
      { upstream: 'responses', outcome: 'n/a', why: 'the same route as for chat' },
      { client: 'messages', outcome: 'n/a', why: 'Messages has no embeddings' },
      { client: 'responses', sdk: 'ai', outcome: 'n/a', why: 'the same call as for chat' },
    ],
    run: async (cell) => {
      const embed = (format: 'float' | 'base64') => cell.client.embed?.(cell.target.embedModel, ['one', 'two'], format);
      const [numbers, decoded] = [await embed('float'), await embed('base64')];
      ok(numbers?.length === 2 && (numbers[0]?.length ?? 0) > 100, `vectors: ${numbers?.length}`);
      const rounded = (vectors: number[][] | undefined) => vectors?.map((vector) => vector.map((value) => Math.fround(value)));
      equal(rounded(decoded), rounded(numbers), 'base64');
    },
  },
];
