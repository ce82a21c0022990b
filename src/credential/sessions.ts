/**
 * Which credential a session is bound to: bounded, forgotten when idle, and when full the one unused for longest leaves.
 * Use does not move an entry: a Map keeps deleted entries in their bucket's chain until it is rebuilt, and a busy
 * session moved at every use cost 87 µs a look-up among 100,000 (measured 2026-11-21). Instead the oldest entry gets a
 * second chance when its turn to leave comes and it was used since it was placed.
 */
import { AgedMap } from './aged-map.js';
import type { ChoiceRequest } from './types.js';

export interface Binding {
  readonly upstream: string;
  readonly credential: string;
  /** The target's configured model; undefined where the client's own name goes through. */
  readonly model: string | undefined;
}

/** Expired entries that one new session clears away, and second chances that it gives. */
const MOST_SWEPT = 64;

interface Entry {
  binding: Binding;
  expires: number;
  used: boolean;
}

/**
 * A session's name in the table. The alias is part of it: an agent that asks for a big and a small model in turn
 * has a prompt cache with each, and must not hop between their upstreams.
 */
export function sessionKey(session: string, alias: ChoiceRequest['alias']): string {
  return `${session}|${alias}`;
}

/** The hash out of a key made by `sessionKey`, for people to see. */
export function sessionOfKey(key: string): string {
  return key.slice(0, key.indexOf('|'));
}

/**
 * How long the shared table keeps an idle session: workers answer for sessions they know and tell the table at
 * most once a sixteenth of the time to live, so the table must be that much more patient.
 */
export function sharedTtl(ttl: number): number {
  return ttl + ttl / 16;
}

export class Sessions {
  readonly #entries = new AgedMap<string, Entry>();
  #ttl: number;
  #most: number;

  /** `ttl`: milliseconds without use; `most`: entries. */
  constructor(ttl: number, most: number) {
    this.#ttl = ttl;
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The binding, without counting as use. */
  get(key: string, now: number): Binding | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expires > now) return entry.binding;
    this.#entries.delete(key);
    return undefined;
  }

  bind(key: string, binding: Binding, now: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, { binding, expires: now + this.#ttl, used: false });
    else Object.assign(entry, { binding, expires: now + this.#ttl, used: true });
    this.#sweep(now);
  }

  /** It was used: it stays for another idle time. Unknown ones stay unknown. */
  touch(key: string, now: number): void {
    const binding = this.get(key, now);
    if (binding !== undefined) this.bind(key, binding, now);
  }

  resize(ttl: number, most: number, now: number): void {
    for (const entry of this.#entries.values()) entry.expires = Math.min(entry.expires, now + ttl);
    this.#ttl = ttl;
    this.#most = most;
    this.#sweep(now);
  }

  /** Those that came last first. */
  *newest(now: number, most: number): Generator<{ key: string; binding: Binding; remaining: number }> {
    const kept = [...this.#entries].slice(-most).reverse();
    for (const [key, { binding, expires }] of kept) if (expires > now) yield { key, binding, remaining: expires - now };
  }

  /** A bounded number at a time: after an hour of nothing a million may have expired, and a request waits for this. */
  #sweep(now: number): void {
    for (let swept = 0; ; swept++) {
      const key = this.#entries.oldest();
      const entry = key === undefined ? undefined : this.#entries.get(key);
      if (key === undefined || entry === undefined) return;
      const expired = entry.expires <= now;
      if (this.#entries.size <= this.#most && (!expired || swept >= MOST_SWEPT)) return;
      this.#entries.delete(key);
      if (expired || !entry.used || swept >= MOST_SWEPT) continue;
      entry.used = false;
      this.#entries.set(key, entry);
    }
  }
}
