/** Watching a stream that passes untouched: closely until content has come, then for end and usage only. */
import { ChatStreamObserver } from '../../../src/protocol/openai/index.js';
import type { Case } from '../measure.js';
import { EVENT, flat } from '../samples.js';

const [event, four] = [flat(EVENT), flat(EVENT.repeat(4))];
const last = flat(
  'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":17}}\n\ndata: [DONE]\n\n',
);
const observer = new ChatStreamObserver();

export const cases: readonly Case[] = [
  { name: 'watch one event', run: () => watch(event), check: (finished: boolean) => !finished },
  { name: 'watch four events', run: () => watch(four), check: (finished: boolean) => !finished },
  { name: 'inspect the first content', run: () => observer.inspect(event), check: (sight: string) => sight === 'content' },
  {
    name: 'the end with usage, a new observer',
    run: () => {
      const ending = new ChatStreamObserver();
      ending.watch(last);
      return ending.finished && ending.usage?.output;
    },
    check: (output: number) => output === 17,
  },
];

function watch(text: string): boolean {
  observer.watch(text);
  return observer.finished;
}
