/**
 * How a worker process is made, and a few made ahead: Node takes as long to start as the primary takes to read its
 * options, so the entry forks the workers that it expects before it loads anything else (docs/decisions/0002-bundle.md).
 */
import cluster, { type Worker } from 'node:cluster';
import { unblockStderr } from '../stderr.js';
import { workerFlags } from './worker-flags.js';

/** Forked and not yet taken over. */
const ahead = new Set<EarlyWorker>();

/** A worker without an owner: keeps what it says until there is one. */
class EarlyWorker {
  readonly worker = fork();
  readonly #said: unknown[] = [];
  readonly #hear = (message: unknown): void => void this.#said.push(message);
  readonly #forget = (): void => void ahead.delete(this);

  constructor() {
    this.worker.on('message', this.#hear).on('error', this.#forget).on('exit', this.#forget);
    ahead.add(this);
  }

  /** Its words are said again to listeners that are added in this turn. */
  handOver(): Worker {
    this.#forget();
    this.worker.off('message', this.#hear).off('error', this.#forget).off('exit', this.#forget);
    process.nextTick(() => {
      for (const message of this.#said) this.worker.emit('message', message);
    });
    return this.worker;
  }
}

/** Said once, before the first fork. `workerFile` is what a worker process runs. */
export function prepareForks(workerFile: string): void {
  // Round-robin: measured counts per worker differ by at most one, and a worker's death loses no listen queue.
  cluster.schedulingPolicy = cluster.SCHED_RR;
  // No arguments: the configuration holds secrets and travels by message only.
  cluster.setupPrimary({
    exec: workerFile,
    args: [],
    execArgv: workerFlags(process.execArgv, process.env.NODE_OPTIONS),
  });
}

/** Starts so many workers whose owner is not there yet. Those that nobody takes over end with `dropForksAhead` or this process. */
export function forkAhead(count: number): void {
  for (let forked = 0; forked < count; forked++) new EarlyWorker();
}

/** A new worker, or one forked ahead. */
export function forkWorker(): Worker {
  const [early] = ahead;
  return early?.handOver() ?? fork();
}

function fork(): Worker {
  const worker = cluster.fork();
  unblockStderr();
  return worker;
}

/** Ends what was forked and is not wanted: the guess was too high. */
export function dropForksAhead(): void {
  for (const { worker } of ahead) worker.process.kill('SIGKILL');
}
