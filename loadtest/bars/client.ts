import { type ChildProcess, fork } from 'node:child_process';
import type { Answer, JobName, Jobs } from './client-messages.js';

/** Set in the environment of a forked copy of the command: be a client. */
export const CLIENT_MARK = 'TIDEGATE_BARS_CLIENT';

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

/** A client process, seen from the command. */
export class Client {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastCall = 0;

  constructor(entry: string) {
    this.#child = fork(entry, [], { env: { ...process.env, [CLIENT_MARK]: '1' } });
    this.#child.on('message', (answer: Answer) => this.#hear(answer));
    this.#child.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('a client process ended early'));
    });
  }

  get pid(): number {
    // 0 for a process that could not be started: it uses nothing.
    return this.#child.pid ?? 0;
  }

  ask<Job extends JobName>(job: Job, order: Jobs[Job][0]): Promise<Jobs[Job][1]> {
    const call = ++this.#lastCall;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#child.send({ call, job, order });
    });
  }

  /** Its connections close with it. */
  stop(): void {
    this.#waiting.clear();
    this.#child.kill('SIGKILL');
  }

  #hear(answer: Answer): void {
    const waiting = this.#waiting.get(answer.call);
    this.#waiting.delete(answer.call);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value as never);
  }
}
