/**
 * The primary's end of the line to one worker: typed messages, questions with a time-out, and where the
 * worker stands.
 *
 *   starting ──ready──▶ ready ──drain──▶ leaving
 *       └───────────────┴───────────────────┴──▶ gone
 */
import type { Worker } from 'node:cluster';
import type { Inquiry, ToPrimary, ToWorker, WorkerStats } from '../messages.js';
import { describeEnd } from './end-of-worker.js';

export type LinkState = 'starting' | 'ready' | 'leaving' | 'gone';

/** Whoever owns the link hears of everything but answers, which go to who asked. */
export interface LinkOwner {
  onMessage(link: WorkerLink, message: ToPrimary): void;
  onGone(link: WorkerLink): void;
}

interface Question {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Open questions to one worker; more means that it does not answer and asking again is no help. */
const MOST_QUESTIONS = 64;
const ANSWER_TIMEOUT = 2_000;

export class WorkerLink {
  readonly id: number;
  readonly pid: number;
  readonly startedAt = performance.now();
  state: LinkState = 'starting';
  /** The configuration last sent to it. */
  generation = 0;
  /** Whether it ever served. */
  wasReady = false;
  /** Whether its end was wished for. */
  left = false;
  stats: WorkerStats | undefined;
  /** Watchdog ticks since the worker was last heard. Ticks and not time, so that a primary that was itself asleep blames nobody. */
  silentTicks = 0;
  /** Why the worker ended or could not start, for the log. */
  reason: string | undefined;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  readonly #worker: Worker;
  readonly #questions = new Map<number, Question>();
  #lastQuestion = 0;
  #executioner: NodeJS.Timeout | undefined;

  constructor(worker: Worker, owner: LinkOwner) {
    this.#worker = worker;
    this.id = worker.id;
    this.pid = worker.process.pid ?? 0;
    worker.on('message', (message: ToPrimary) => this.#hear(message, owner));
    worker.on('error', (error) => {
      this.reason ??= error.message;
    });
    this.gone = new Promise((resolve) => {
      worker.once('exit', (code, signal) => {
        this.#bury(code, signal);
        owner.onGone(this);
        resolve();
      });
    });
  }

  /** Milliseconds since the fork. */
  get age(): number {
    return performance.now() - this.startedAt;
  }

  /** Whether the worker can still be talked to. */
  get connected(): boolean {
    return this.state !== 'gone' && this.#worker.isConnected();
  }

  becameReady(): void {
    this.state = 'ready';
    this.wasReady = true;
    this.silentTicks = 0;
  }

  /** A message to a worker that has just left is lost without an error: its `exit` tells. */
  send(message: ToWorker): void {
    if (this.connected) this.#worker.process.send(message, undefined, undefined, () => {});
  }

  /** What the worker answers. Rejects when it is gone, silent for `timeout` milliseconds or has too many questions open. */
  ask(inquiry: Inquiry, timeout = ANSWER_TIMEOUT): Promise<unknown> {
    if (!this.connected) return Promise.reject(new Error(`worker ${this.id} is gone`));
    if (this.#questions.size >= MOST_QUESTIONS) return Promise.reject(new Error(`worker ${this.id} does not answer`));
    const id = ++this.#lastQuestion;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#questions.delete(id);
        reject(new Error(`worker ${this.id} did not answer within ${timeout} ms`));
      }, timeout);
      this.#questions.set(id, { resolve, reject, timer });
      this.send({ type: 'ask', id, inquiry });
    });
  }

  /** Tell the worker to leave within `deadline` milliseconds, and see to it `overtime` later. A second call moves the deadline. */
  drain(deadline: number, linger: number, overtime: number): void {
    if (this.state === 'gone') return;
    this.state = 'leaving';
    this.left = true;
    this.send({ type: 'drain', deadline, linger });
    clearTimeout(this.#executioner);
    this.#executioner = setTimeout(() => this.kill('still there past its drain deadline'), deadline + overtime);
  }

  /** End the process now; whatever it serves is cut. */
  kill(reason: string): void {
    if (this.state === 'gone') return;
    this.reason ??= reason;
    this.#worker.process.kill('SIGKILL');
  }

  #hear(message: ToPrimary, owner: LinkOwner): void {
    if (message.type === 'answer') {
      this.#settle(message.id, (question) => question.resolve(message.value));
      return;
    }
    if (message.type === 'stats') {
      this.stats = message.stats;
      this.silentTicks = 0;
    }
    owner.onMessage(this, message);
  }

  #settle(id: number, how: (question: Question) => void): void {
    const question = this.#questions.get(id);
    if (!question) return; // The answer came after the time-out.
    this.#questions.delete(id);
    clearTimeout(question.timer);
    how(question);
  }

  #bury(code: number | null, signal: string | null): void {
    this.state = 'gone';
    this.reason ??= describeEnd(code, signal, this.stats?.heapUsed);
    clearTimeout(this.#executioner);
    for (const id of [...this.#questions.keys()]) {
      this.#settle(id, (question) => question.reject(new Error(`worker ${this.id} is gone`)));
    }
  }
}
