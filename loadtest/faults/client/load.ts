/** Mixed load at a steady rate beside a fault: who was lost, and how long the others took. Open loop, so a stall is not hidden. */
import { Agent } from 'node:http';
import { quantile } from '../expect.js';
import { type Answer, type AskWish, ask, tell } from './ask.js';

export interface LoadWish {
  /** Requests a second. */
  readonly rate: number;
  /** What is asked, in turn. */
  readonly wishes: readonly AskWish[];
  /** Sessions that take turns; 0: each request is its own. */
  readonly sessions?: number;
}

export interface LoadReport {
  readonly asked: number;
  readonly complete: number;
  /** Not complete, in words. */
  readonly lost: readonly string[];
  /** Milliseconds until the end of an answer. */
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
}

export class Load {
  /** Ended ones, in the order of their ends. */
  readonly answers: (Answer & { readonly askedAt: number; readonly session: string | undefined })[] = [];
  readonly #origins: readonly string[];
  readonly #wish: LoadWish;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });
  readonly #running = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  readonly #began = performance.now();
  #asked = 0;

  /** Begins at once; several origins are asked in turn. */
  constructor(origins: string | readonly string[], wish: LoadWish) {
    this.#origins = typeof origins === 'string' ? [origins] : origins;
    this.#wish = wish;
    this.#timer = setInterval(() => this.#tick(), 10);
  }

  /** No new ones; waits for those that run. */
  async stop(): Promise<LoadReport> {
    clearInterval(this.#timer);
    await Promise.all(this.#running);
    this.#agent.destroy();
    return this.report();
  }

  /** Of those that ended; `since` on `performance.now()`'s clock. */
  report(since = 0): LoadReport {
    const ended = this.answers.filter(({ askedAt }) => askedAt >= since);
    const times = ended.map(({ totalMs }) => totalMs);
    return {
      asked: ended.length,
      complete: ended.filter(({ outcome }) => outcome === 'complete').length,
      lost: ended.filter(({ outcome }) => outcome !== 'complete').map(tell),
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      slowest: Math.max(0, ...times),
    };
  }

  #tick(): void {
    const due = ((performance.now() - this.#began) / 1000) * this.#wish.rate;
    while (this.#asked < due) this.#askNext();
  }

  #askNext(): void {
    const { wishes, sessions = 0 } = this.#wish;
    const index = this.#asked++;
    const wish = wishes[index % wishes.length] as AskWish;
    const session = wish.session ?? (sessions > 0 ? `load-${index % sessions}` : undefined);
    const origin = this.#origins[index % this.#origins.length] as string;
    const askedAt = performance.now();
    const running = ask(origin, { agent: this.#agent, ...wish, session }).then((answer) => {
      this.#running.delete(running);
      this.answers.push({ ...answer, askedAt, session });
    });
    this.#running.add(running);
  }
}
