/** Replaces the workers one after another; at any time every slot has one that serves. */
import type { Log } from '../log.js';
import type { Supervisor } from './supervisor.js';

export type RollOutcome =
  | { readonly ok: true; readonly replaced: number }
  | { readonly ok: false; readonly replaced: number; readonly reason: string };

export class RollingRestart {
  readonly #supervisor: Supervisor;
  readonly #log: Log;
  #running: Promise<RollOutcome> | undefined;

  constructor(supervisor: Supervisor, log: Log) {
    this.#supervisor = supervisor;
    this.#log = log;
  }

  /** Resolves when every slot has a new worker, or with why the first one that would not start did not. A wish during a roll joins it. */
  roll(): Promise<RollOutcome> {
    this.#running ??= this.#rollAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #rollAll(): Promise<RollOutcome> {
    this.#log.info('rolling restart begins');
    // At most two generations of processes at a time: those the last roll relieved must come to an end.
    this.#supervisor.hurryLeavers();
    let replaced = 0;
    for (const slot of [...this.#supervisor.slots]) {
      try {
        await this.#supervisor.replace(slot);
        replaced++;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#log.error(
          { slot: slot.index, replaced, reason },
          'rolling restart given up: the new worker does not start, the old ones stay',
        );
        return { ok: false, replaced, reason };
      }
    }
    this.#log.info({ replaced }, 'rolling restart done');
    return { ok: true, replaced };
  }
}
