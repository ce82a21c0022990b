/** One place among the workers: who holds it, who is about to, and when it is filled again. */
import { type RestartLimits, RestartPolicy } from './restart-policy.js';
import type { WorkerLink } from './worker-link.js';

export class Slot {
  readonly index: number;
  readonly policy: RestartPolicy;
  /** Serves, or starts to. */
  holder: WorkerLink | undefined;
  /** Starts while the holder still serves: takes over once it is ready. */
  successor: WorkerLink | undefined;
  /** Workers that died here and were replaced. */
  restarts = 0;
  #refill: NodeJS.Timeout | undefined;

  constructor(index: number, limits: RestartLimits) {
    this.index = index;
    this.policy = new RestartPolicy(limits);
  }

  get ready(): boolean {
    return this.holder?.state === 'ready';
  }

  /** The link has left its place; says whether the slot now has nobody, and nobody on the way. */
  vacate(link: WorkerLink): boolean {
    const held = this.holder === link || this.successor === link;
    if (this.holder === link) this.holder = undefined;
    if (this.successor === link) this.successor = undefined;
    return held && !this.holder && !this.successor;
  }

  /** The successor takes over; answers with the holder that it relieves. */
  succeed(): WorkerLink | undefined {
    const relieved = this.holder;
    this.holder = this.successor;
    this.successor = undefined;
    return relieved;
  }

  refillAfter(delay: number, fill: () => void): void {
    clearTimeout(this.#refill);
    this.#refill = setTimeout(fill, delay);
  }

  cancelRefill(): void {
    clearTimeout(this.#refill);
  }
}
