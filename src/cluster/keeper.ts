/**
 * Keeps the data port open while no worker has it. Node's round robin closes its listener when the last worker that asked
 * for it is gone, and refuses connections until another asks (0.3 to 0.5 s with `--workers 1`, or when all are killed at
 * once). Here somebody is added to those who asked who never leaves and never takes a connection: what comes
 * meanwhile is accepted by the primary and given to the first worker that is back.
 *
 * Spoken in Node's own words over a worker's channel (`queryServer`, `close`), in the name of a worker that is not one; what is
 * read of its modules is the same in Node 20, 24 and 26. Should a Node speak otherwise one day, nothing is kept.
 */
import cluster, { type Worker } from 'node:cluster';

/** Node numbers its workers from 1. */
const KEEPER = 0;
const NOBODY = -1;

/** What a worker says when it wants to listen, and what it is answered. */
interface ListenWord {
  readonly cmd?: string;
  readonly act?: string;
  readonly key?: string;
}

export class Keeper {
  /** Any worker that has said what it listens on: its channel is spoken over, also when it is gone. */
  #worker: Worker | undefined;
  #query: ListenWord | undefined;
  /** Node's name for the listener that is kept. */
  #key: string | undefined;
  #released = false;

  get holds(): boolean {
    return this.#key !== undefined;
  }

  /** From its fork on. */
  watch(worker: Worker): void {
    let query: ListenWord | undefined;
    worker.process.prependListener('internalMessage' as 'message', (word: ListenWord) => {
      if (word.act === 'queryServer') query ??= word;
    });
    // The listener is there by now, or its worker could not listen.
    worker.once('listening', () => {
      if (this.holds || this.#released || !query) return;
      this.#worker = worker;
      this.#query = query;
      this.#hold(worker, query);
    });
  }

  /** The port closes with its last worker, as the gateway ends. */
  release(): void {
    this.#released = true;
    if (this.#worker && this.#key !== undefined) speak(this.#worker, { ...this.#query, act: 'close', key: this.#key });
    this.#key = undefined;
    delete cluster.workers?.[KEEPER];
  }

  #hold(worker: Worker, query: ListenWord): void {
    const answer = speak(worker, query);
    if (answer?.key === undefined) return;
    this.#key = answer.key;
    // Node takes a listener that outlives the last entry here for a leak of its own.
    if (cluster.workers) cluster.workers[KEEPER] = worker;
  }
}

/** Says it to Node as the keeper; answers with what Node wanted to tell the worker, which it is spared. */
function speak(worker: Worker, word: ListenWord): ListenWord | undefined {
  const { id, process: channel } = worker;
  const { send } = channel;
  let answer: ListenWord | undefined;
  worker.id = KEEPER;
  channel.send = ((told: ListenWord) => {
    answer = told;
    // Next Node looks for a connection to hand over: not to this one.
    worker.id = NOBODY;
    return true;
  }) as typeof send;
  try {
    channel.emit('internalMessage', word);
  } finally {
    channel.send = send;
    worker.id = id;
  }
  return answer;
}
