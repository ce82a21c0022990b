/** The two ends of the line between a worker's store and the primary's. */
import type { StoreToPrimary, StoreToWorker } from '../messages.js';
import type { Store } from './store.js';

/** The primary's end: a store of its own for the admin pages, and the answers to its workers. */
export interface PrimaryStore extends Store {
  /** Answer what a worker asked; `send` reaches that worker, `worker` is its number. */
  answer(message: StoreToPrimary, send: (message: StoreToWorker) => void, worker?: number): void;
  /** That worker is gone: what it held is free. */
  gone(worker: number): void;
  /** Tell a worker that has just come which credentials rest. */
  greet(send: (message: StoreToWorker) => void): void;
}

/** The worker's end. `send` may throw when the channel is closed. */
export interface PrimaryLink {
  send(message: StoreToPrimary): void;
  onMessage(listener: (message: StoreToWorker) => void): void;
}
