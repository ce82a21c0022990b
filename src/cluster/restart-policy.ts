/**
 * When a dead worker's place is filled again. Pure: times are passed in.
 * The first death costs nobody anything, so it is answered at once; a worker that keeps dying young is a
 * fault that haste makes worse, so each further death doubles the wait.
 */

/** All in milliseconds but `failedStarts`. */
export interface RestartLimits {
  /** Wait after the second young death in a row; doubles from there. */
  readonly firstDelay: number;
  readonly longestDelay: number;
  /** A worker that lived longer than this clears the record. */
  readonly young: number;
  /** Starts in a row that never became ready, after which there is no hope in trying. */
  readonly failedStarts: number;
}

export const RESTART_LIMITS: RestartLimits = { firstDelay: 100, longestDelay: 30_000, young: 10_000, failedStarts: 5 };

/** How one worker ended. */
export interface Death {
  /** Milliseconds from fork to exit. */
  readonly lifetime: number;
  readonly wasReady: boolean;
}

/** The record of deaths of one slot. */
export class RestartPolicy {
  readonly #limits: RestartLimits;
  #youngDeaths = 0;
  #failedStarts = 0;

  constructor(limits: RestartLimits = RESTART_LIMITS) {
    this.#limits = limits;
  }

  /** Milliseconds to wait before the next fork. */
  delayAfter(death: Death): number {
    this.#failedStarts = death.wasReady ? 0 : this.#failedStarts + 1;
    this.#youngDeaths = death.lifetime < this.#limits.young ? this.#youngDeaths + 1 : 1;
    if (this.#youngDeaths === 1) return 0;
    return Math.min(this.#limits.longestDelay, this.#limits.firstDelay * 2 ** (this.#youngDeaths - 2));
  }

  /** A worker of this slot serves: whatever kept it from starting is over. */
  becameReady(): void {
    this.#failedStarts = 0;
  }

  /** Starting again has failed so often in a row that it will fail again. */
  get hopeless(): boolean {
    return this.#failedStarts >= this.#limits.failedStarts;
  }
}
