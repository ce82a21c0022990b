/** The attempts of one request in words, for people who look for a fault: ids, statuses and times, nothing else. */

export class TrailEntry {
  readonly #who: string;
  readonly #sentAt: number;
  #how: string | undefined;
  #milliseconds = 0;

  /** `sentAt`: on `performance.now()`'s clock. */
  constructor(upstream: string, credential: string, sentAt: number) {
    this.#who = `${upstream}/${credential}`;
    this.#sentAt = sentAt;
  }

  /** `how`: a status, or why there is none. */
  end(how: string | number): void {
    this.#how = String(how);
    this.#milliseconds = performance.now() - this.#sentAt;
  }

  /** Of one that runs still: `200` so far, as a client hears of it with its answer. */
  toString(): string {
    const time = this.#how === undefined ? performance.now() - this.#sentAt : this.#milliseconds;
    return `${this.#who} ${this.#how ?? 200} ${Math.round(time)}ms`;
  }
}

/** As a header's value; names and ids of the configuration are plain ASCII. */
export function trailText(trail: readonly TrailEntry[]): string {
  return trail.join(', ');
}

/** As a stream's last line; an SSE comment, which parsers skip. */
export function trailComment(trail: readonly TrailEntry[]): string {
  return `: tidegate attempts=${trail.length} ${trailText(trail)}\n\n`;
}
