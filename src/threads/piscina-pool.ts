/**
 * The door to piscina: one thread at most for a whole worker process, loaded and started with its first task and ended
 * when idle. A process is a core here, so a second thread would only take another worker's.
 */
import { access } from 'node:fs/promises';
import type { Piscina } from 'piscina';

/** After a burst of large bodies the thread's memory (about 10 MB) goes back, milliseconds. */
const IDLE = 30_000;
/** A thread that has not answered by then is ended; reading 32 MB takes half a second on a busy machine. */
const LONGEST = 8_000;
/** Tasks waiting at once; the next is refused and its work is done by who asked. */
const MOST_WAITING = 32;

/** The thread was at it, or the task waited for one, for longer than a task may take. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/** Work that may take milliseconds of a core, done elsewhere than on the event loop. */
export interface OffLoop {
  /** Runs the exported function `name` of the task file. Rejects when the thread cannot start, dies or is behind (`TookTooLong` when it was late); what the task itself throws rejects as well. */
  run(name: string, task: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** A pool whose threads run `file`. */
export class PiscinaPool implements OffLoop {
  readonly #file: string;
  readonly #longest: number;
  #pool: Promise<Piscina> | undefined;
  #closed = false;

  /** `longest`: milliseconds for a task, waiting and the thread's start included. */
  constructor(file: string, longest = LONGEST) {
    this.#file = file;
    this.#longest = longest;
  }

  async run(name: string, task: unknown): Promise<unknown> {
    if (this.#closed) throw new Error('the pool is closed');
    this.#pool ??= this.#open();
    const signal = AbortSignal.timeout(this.#longest);
    return (await this.#pool).run(task, { name, signal }).catch((error: unknown) => {
      throw signal.aborted ? new TookTooLong('the task took too long', { cause: error }) : error;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const pool = await this.#pool?.catch(() => undefined);
    await pool?.destroy();
  }

  async #open(): Promise<Piscina> {
    // piscina starts thread after thread for a file that is not there.
    await access(this.#file);
    const { Piscina } = await import('piscina');
    const pool = new Piscina({
      filename: this.#file,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: IDLE,
      maxQueue: MOST_WAITING,
      // No flag or secret of this process is a task's business.
      execArgv: [],
      env: {},
      recordTiming: false,
    });
    // Each task's own promise tells; without a listener a thread that dies between two would end the process.
    pool.on('error', () => {});
    return pool;
  }
}
