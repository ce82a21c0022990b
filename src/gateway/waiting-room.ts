/**
 * Requests that found every place taken, until one is free. Clients take turns whatever each has waiting, so that one that
 * floods delays itself; no request waits longer than its age, and past the length it is the client with the most waiting
 * that loses its oldest, whose caller has the least patience left.
 */
import { GatewayError } from '../errors.js';
import type { Watched } from './deadlines.js';

export interface WaitingRules {
  /** Most that wait. */
  readonly length: number;
  /** Longest that one waits, milliseconds. */
  readonly age: number;
}

/** One that waits. */
export interface Waiter<Guest> {
  readonly guest: Guest;
  /** Resolves when it has a place; rejects with why it gets none. */
  readonly called: Promise<void>;
  /** It waits no more. */
  leave(): void;
}

interface Entry<Guest> extends Waiter<Guest> {
  readonly since: number;
  readonly call: () => void;
  readonly refuse: (error: GatewayError) => void;
}

/** What a refused client may wait before it tries again, milliseconds. */
const RETRY_AFTER = 1_000;

export class WaitingRoom<Guest> implements Watched {
  readonly #rules: () => WaitingRules;
  /** By client, oldest first; the first client is next. */
  readonly #queues = new Map<string, Entry<Guest>[]>();
  #size = 0;

  /** `rules` is asked for each time, as a reload may change them. */
  constructor(rules: () => WaitingRules) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#size;
  }

  /** `now` on the clock that `check` is called by. @throws GatewayError `overloaded` where there is no room at all. */
  enter(client: string, guest: Guest, now: number): Waiter<Guest> {
    const { length } = this.#rules();
    if (length === 0) throw overloaded();
    if (this.#size >= length) this.#dropOldestOf(this.#longest(client));
    const queue = this.#queues.get(client) ?? [];
    this.#queues.set(client, queue);
    const entry = this.#entry(client, guest, now);
    queue.push(entry);
    this.#size++;
    return entry;
  }

  /** The next whose turn it is; it is told. */
  next(): Guest | undefined {
    const [first] = this.#queues;
    if (first === undefined) return undefined;
    const [client, queue] = first;
    const entry = queue[0] as Entry<Guest>;
    // Behind the others, if it has more.
    this.#queues.delete(client);
    if (queue.length > 1) this.#queues.set(client, queue);
    this.#take(client, queue, 0);
    entry.call();
    return entry.guest;
  }

  /** Refuses those that have waited too long. */
  check(now: number): void {
    const { age } = this.#rules();
    for (const [client, queue] of this.#queues)
      while (queue[0] && now - queue[0].since >= age) this.#take(client, queue, 0).refuse(overloaded());
  }

  /** Nobody will be let in any more. */
  refuseAll(error: GatewayError): void {
    for (const [client, queue] of this.#queues) while (queue.length > 0) this.#take(client, queue, 0).refuse(error);
  }

  #entry(client: string, guest: Guest, since: number): Entry<Guest> {
    let call!: () => void;
    let refuse!: (error: GatewayError) => void;
    const called = new Promise<void>((resolve, reject) => {
      call = resolve;
      refuse = reject;
    });
    const leave = () => {
      const queue = this.#queues.get(client);
      const at = queue?.indexOf(entry) ?? -1;
      if (queue && at >= 0) this.#take(client, queue, at).refuse(left());
    };
    const entry: Entry<Guest> = { guest, called, leave, since, call, refuse };
    return entry;
  }

  #take(client: string, queue: Entry<Guest>[], at: number): Entry<Guest> {
    const [entry] = queue.splice(at, 1);
    this.#size--;
    if (queue.length === 0) this.#queues.delete(client);
    return entry as Entry<Guest>;
  }

  /** The client with the most waiting, which may be the one that comes. */
  #longest(coming: string): string {
    let [longest, most] = [coming, (this.#queues.get(coming)?.length ?? 0) + 1];
    for (const [client, queue] of this.#queues) if (queue.length > most) [longest, most] = [client, queue.length];
    return longest;
  }

  /** One that comes alone and finds nobody with more than one waiting is refused itself. */
  #dropOldestOf(client: string): void {
    const queue = this.#queues.get(client);
    if (queue === undefined) throw overloaded();
    this.#take(client, queue, 0).refuse(overloaded());
  }
}

export function overloaded(): GatewayError {
  return new GatewayError('overloaded', 'The gateway is at its limit of requests.', { retryAfter: RETRY_AFTER });
}

function left(): GatewayError {
  return new GatewayError('client_closed_request', 'The client left while its request waited.');
}
