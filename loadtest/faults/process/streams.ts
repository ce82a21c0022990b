/** Many streams at once, each with how it ended. */
import type { Bench } from '../bench.js';
import { type Answer, ask } from '../client/ask.js';
import { until } from '../expect.js';

export interface OpenStreams {
  /** In the order of the streams. */
  readonly ended: Promise<Answer[]>;
}

/** Opens streams of a model and waits until each has had its first bytes, or has ended. */
export async function openStreams(
  origin: string,
  model: string,
  count: number,
  patience = 30_000,
  key?: string,
): Promise<OpenStreams> {
  let begun = 0;
  const answers = Array.from({ length: count }, () => {
    let first = true;
    const onText = (): void => {
      if (first) begun++;
      first = false;
    };
    return ask(origin, { model, stream: true, text: null, patience, key, onText }).then((answer) => {
      onText();
      return answer;
    });
  });
  await until(`${count} streams have begun`, () => begun === count, 30_000);
  return { ended: Promise.all(answers) };
}

/** Ends by kind, as `complete 198, cut 2`. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of answers) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

export function tellTally(answers: readonly Answer[]): string {
  return Object.entries(tally(answers))
    .map(([outcome, count]) => `${outcome} ${count}`)
    .join(', ');
}

/** The upstream answers in `tokens` pieces, `pause` milliseconds apart. */
export function paceUpstream(bench: Bench, upstream: string, tokens: number, pause: number): void {
  bench.wall.on(upstream, (call) => call.healthy({ tokens, pause }));
}
