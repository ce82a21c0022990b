/** Whether the shared store is worth asking: after a few failures in a row nobody waits for it until a probe succeeds. */

const FAILURES_TO_OPEN = 3;
const PROBE_EVERY = 500;
/** Open again so soon after a probe succeeded: the probe proved little, and the next one waits twice as long. */
const RELAPSE = 5_000;
const LONGEST_PROBE_WAIT = 2_500;
/** A connection that stays silent this many probes is given up for a new one. */
const PROBES_TO_RECONNECT = 3;

export interface BreakerActions {
  /** Rejects while the store does not serve. */
  readonly probe: () => Promise<unknown>;
  readonly reconnect: () => void;
  /** Once for each change. */
  readonly onChange: (open: boolean) => void;
}

export class Breaker {
  readonly #actions: BreakerActions;
  readonly #timeout: number;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #wait = PROBE_EVERY;
  #closedAt = -RELAPSE;
  #open = false;
  #closed = false;

  /** `timeout`: how long a probe may take, in milliseconds. */
  constructor(actions: BreakerActions, timeout: number) {
    this.#actions = actions;
    this.#timeout = timeout;
  }

  /** Open: do not ask. */
  get open(): boolean {
    return this.#open;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(): void {
    this.#failures++;
    if (this.#failures >= FAILURES_TO_OPEN) this.trip();
  }

  /** Open at once. */
  trip(): void {
    if (this.#open || this.#closed) return;
    this.#open = true;
    this.#failures = 0;
    const relapsed = performance.now() - this.#closedAt < RELAPSE;
    this.#wait = relapsed ? Math.min(2 * this.#wait, LONGEST_PROBE_WAIT) : PROBE_EVERY;
    this.#actions.onChange(true);
    this.#later();
  }

  /** Stop probing for good. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Jitter: workers do not probe in step. */
  #later(): void {
    if (!this.#closed) this.#timer = setTimeout(() => void this.#probe(), this.#wait * (0.5 + Math.random())).unref();
  }

  async #probe(): Promise<void> {
    if (await this.#answers()) {
      this.#open = false;
      this.#failures = 0;
      this.#closedAt = performance.now();
      if (!this.#closed) this.#actions.onChange(false);
      return;
    }
    this.#failures++;
    if (this.#failures % PROBES_TO_RECONNECT === 0) this.#actions.reconnect();
    this.#later();
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), this.#timeout).unref();
      this.#actions
        .probe()
        .then(
          () => resolve(true),
          () => resolve(false),
        )
        .finally(() => clearTimeout(timer));
    });
  }
}
