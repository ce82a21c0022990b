interface Binding {
  credential: string;
  /** Milliseconds on the caller's clock. */
  expiresAt: number;
}

/**
 * Hands out credentials: a known session keeps its own, everyone else gets the next in turn, exactly.
 * A Map remembers the order of insertion, so the least recently used session is its first.
 */
export class Rotation {
  readonly #credentials: readonly string[];
  readonly #limits: { readonly ttlMs: number; readonly maxSessions: number };
  readonly #sessions = new Map<string, Binding>();
  #next = 0;

  constructor(credentials: readonly string[], limits: { ttlMs: number; maxSessions: number }) {
    this.#credentials = credentials;
    this.#limits = limits;
  }

  /** The credential for a request; one without a session binds nothing. */
  choose(session: string | undefined, now: number): string {
    if (!session) return this.#turn();
    const known = this.#sessions.get(session);
    this.#sessions.delete(session);
    if (!known && this.#sessions.size >= this.#limits.maxSessions) this.#forgetOldest();
    const credential = known && known.expiresAt >= now ? known.credential : this.#turn();
    this.#sessions.set(session, { credential, expiresAt: now + this.#limits.ttlMs });
    return credential;
  }

  #turn(): string {
    const credential = this.#credentials[this.#next] ?? '';
    this.#next = (this.#next + 1) % this.#credentials.length;
    return credential;
  }

  #forgetOldest(): void {
    for (const session of this.#sessions.keys()) {
      this.#sessions.delete(session);
      return;
    }
  }
}
