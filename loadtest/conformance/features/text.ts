/** Words, their end and their cost. */
import { PLAIN_TEXT, REFUSAL, UNICODE_TEXT } from '../../mock/script/compose.js';
import { equal, includes, ok } from '../expect.js';
import { BOTH, type Feature, STREAM, WHOLE } from '../feature.js';

export const TEXT_FEATURES: readonly Feature[] = [
  {
    id: 'text',
    byFamily: true,
    title: 'text, not streamed',
    modes: WHOLE,
    run: async (cell) => {
      const { text, stop } = await cell.ask('[[text]]', { system: ['Be brief.'] });
      equal(text, PLAIN_TEXT, 'text');
      equal(stop, 'end', 'stop');
    },
  },
  {
    id: 'stream',
    title: 'text, streamed',
    modes: STREAM,
    run: async (cell) => {
      const { text, stop } = await cell.ask('[[text]]', { system: ['Be brief.'] });
      equal(text, PLAIN_TEXT, 'text');
      equal(stop, 'end', 'stop');
    },
  },
  {
    id: 'unicode',
    title: 'unicode, bytes cut anywhere',
    modes: BOTH,
    run: async (cell) => {
      const { text } = await cell.ask('[[unicode]]');
      equal(text, UNICODE_TEXT, 'text');
      equal((await cell.echo({}, { text: `[[echo]] ${UNICODE_TEXT}` })).userTexts, [`[[echo]] ${UNICODE_TEXT}`], 'sent text');
    },
  },
  {
    id: 'length',
    byFamily: true,
    title: 'stop at the token limit',
    modes: BOTH,
    run: async (cell) => {
      const { text, stop } = await cell.ask('[[length]]', { maxTokens: 64 });
      equal(text, 'This goes on and', 'text');
      equal(stop, 'length', 'stop');
    },
  },
  {
    id: 'stop',
    byFamily: true,
    title: 'stop sequences',
    modes: BOTH,
    exceptions: [
      { client: 'responses', outcome: 'n/a', why: 'Responses has no stop sequences' },
      { upstream: 'responses', outcome: 'refused', names: /stop/, why: 'Responses has no stop sequences' },
    ],
    run: async (cell) => {
      const { text, stop, stopSequence } = await cell.ask('[[stop-sequence]]', { stop: ['END', '###'] });
      equal(text, 'Everything up to', 'text');
      ok(stop === 'end' || stop === 'stop-sequence', `stop: ${stop}`);
      if (cell.kind.protocol === 'messages' && cell.upstream === 'messages') equal(stopSequence, 'END', 'stop sequence');
      equal((await cell.echo({ stop: ['END', '###'] })).stop, ['END', '###'], 'sent sequences');
    },
  },
  {
    id: 'refusal',
    title: 'refusal',
    modes: BOTH,
    run: async (cell) => {
      const { text, refusal, stop } = await cell.ask('[[refusal]]');
      // The ai library has no place for a refusal of OpenAI's APIs: its end must at least not be a mistaken one.
      const blind = cell.kind.sdk === 'ai' && cell.kind.protocol !== 'messages';
      if (!blind || text !== '') includes(text + refusal, REFUSAL, 'text');
      const marked = refusal !== '' || stop === 'refusal';
      ok(marked || blind, `nothing says that it is one (stop: ${stop})`);
    },
  },
  {
    id: 'usage',
    title: 'usage with cached and reasoning tokens',
    modes: BOTH,
    run: async (cell) => {
      const { usage } = await cell.ask('[[usage cached]]');
      equal([usage.input, usage.output], [1000, 50], 'input and output');
      equal(usage.cached, 600, 'cached');
      if (cell.kind.protocol !== 'messages' || cell.kind.sdk !== 'ai') equal(usage.reasoning, 30, 'reasoning');
      if (cell.kind.protocol === 'messages' && cell.upstream === 'messages') equal(usage.written, 300, 'cache writes');
    },
  },
];
