/** Load that may last for days: nothing is kept of an answer but its outcome and, for the current minute, its time. */
import { Agent } from 'node:http';
import { type Answer, type AskWish, ask, type Outcome } from '../client/ask.js';
import { quantile } from '../expect.js';

export type Outcomes = Partial<Record<Outcome | 'aborted', number>>;

export interface Asked extends AskWish {
  /** The client goes away after so many milliseconds. */
  readonly leavesAfter?: number;
}

export interface Ended {
  readonly answer: Answer;
  readonly wish: Asked;
  readonly askedAt: number;
}

export class SteadyLoad {
  readonly outcomes: Outcomes = {};
  readonly #origin: string;
  readonly #choose: () => Asked;
  readonly #onEnd: (ended: Ended) => void;
  readonly #rate: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });
  readonly #running = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  readonly #began = performance.now();
  #times: number[] = [];
  #asked = 0;

  constructor(origin: string, rate: number, choose: () => Asked, onEnd: (ended: Ended) => void = () => {}) {
    this.#origin = origin;
    this.#rate = rate;
    this.#choose = choose;
    this.#onEnd = onEnd;
    this.#timer = setInterval(() => this.#tick(), 10);
  }

  get asked(): number {
    return this.#asked;
  }

  /** Milliseconds at a share of the complete answers since the last call. */
  takeTimes(...shares: number[]): number[] {
    const found = shares.map((share) => quantile(this.#times, share));
    this.#times = [];
    return found;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#running);
    this.#agent.destroy();
  }

  #tick(): void {
    const due = ((performance.now() - this.#began) / 1000) * this.#rate;
    while (this.#asked < due) this.#askNext();
  }

  #askNext(): void {
    this.#asked++;
    const wish = this.#choose();
    const askedAt = performance.now();
    const running = askAndLeave(this.#origin, { agent: this.#agent, ...wish }).then((answer) => {
      this.#running.delete(running);
      const left = wish.leavesAfter !== undefined && answer.outcome !== 'complete';
      const outcome = left ? 'aborted' : answer.outcome;
      this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
      if (outcome === 'complete' && this.#times.length < 50_000) this.#times.push(answer.totalMs);
      if (!left) this.#onEnd({ answer, wish, askedAt });
    });
    this.#running.add(running);
  }
}

/** Asks, and goes away if it is so wished. */
export function askAndLeave(origin: string, { leavesAfter, ...wish }: Asked): Promise<Answer> {
  if (leavesAfter === undefined) return ask(origin, wish);
  let timer: NodeJS.Timeout | undefined;
  const onSent: AskWish['onSent'] = (sent) => {
    timer = setTimeout(() => sent.destroy(), leavesAfter);
  };
  return ask(origin, { ...wish, onSent }).finally(() => clearTimeout(timer));
}

/** `count` tasks, `width` at a time. */
export async function inLanes(count: number, width: number, task: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
}
