/** The bundled mock LLM, for a start without a configuration: a process of its own that ends with the gateway. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Log } from '../log.js';
import { unblockStderr } from '../stderr.js';
import { RestartPolicy } from './restart-policy.js';

/** The mock's own default of 16 KB would refuse a coding agent's first request. */
const BODY_LIMIT = '32mb';
/** Longest way from fork to listening, in milliseconds. */
const START = 15_000;

export class MockProcess {
  readonly #file: string;
  readonly #log: Log;
  readonly #policy = new RestartPolicy();
  #child: ChildProcess | undefined;
  #port = 0;
  #ended = false;

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  /** Start it on a free port of loopback; answers with its base URL. A later death is repaired on the same port. */
  async start(): Promise<string> {
    this.#port = await this.#launch();
    return `http://127.0.0.1:${this.#port}`;
  }

  kill(): void {
    this.#ended = true;
    this.#child?.kill('SIGKILL');
  }

  #launch(): Promise<number> {
    const startedAt = performance.now();
    // Detached: Ctrl-C goes to the whole process group, but answers must go on while the workers drain. It leaves when the channel closes.
    const child = fork(this.#file, [], {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(this.#port), BODY_LIMIT },
    });
    unblockStderr();
    this.#child = child;
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`the bundled mock LLM does not start: ${reason}`));
      const timer = setTimeout(() => fail(`not listening after ${START} ms`), START);
      child.on('message', (message: { type?: unknown; port?: unknown }) => {
        if (message.type === 'listening' && typeof message.port === 'number') resolve(message.port);
      });
      child.once('message', () => clearTimeout(timer));
      child.once('error', (error) => fail(error.message));
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        fail(signal ?? `exit code ${code}`);
        this.#repair(performance.now() - startedAt);
      });
    });
  }

  #repair(lifetime: number): void {
    if (this.#ended || this.#port === 0) return;
    const delay = this.#policy.delayAfter({ lifetime, wasReady: true });
    this.#log.warn({ delay }, 'the bundled mock LLM died; starting it again');
    setTimeout(() => {
      if (!this.#ended) this.#launch().catch((error: Error) => this.#log.error(error.message));
    }, delay);
  }
}
