/**
 * Requests that found every credential of their model at its cap, until a slot is free: first come, first served among those
 * of this worker. A slot that is given back here wakes the first who could use it at once; that one elsewhere gave one back,
 * or died, is found out by asking again.
 *
 *   enter ──▶ waiting ──called──▶ asking ──found──▶ leaves
 *                ▲                  │ still busy: the next of another kind is called in its stead
 *                └──────────────────┘            time over, client gone: leaves
 */
import type { Tallies } from '../metrics/record.js';

export interface QueueRules {
  /** Most that wait in this process. */
  readonly length: number;
  /** Longest that one waits, milliseconds. */
  readonly age: number;
}

/** What somebody waits for. */
export interface Wish {
  /** By which upstream's rules it waits. */
  readonly lane: string;
  readonly rules: QueueRules;
  /** Wishes of one kind find the same free or full. */
  readonly kind: string;
  /** Whether a slot of this upstream is of use. */
  wants(upstream: string): boolean;
}

/** What one slot given back, or one look, sets off. */
interface Round {
  /** Absent: any may have a slot. */
  readonly upstream?: string;
  /** Kinds that were still busy. */
  readonly busy: Set<string>;
}

/** How often the first are asked for anew, milliseconds: what slots given back elsewhere may be late by. */
const LOOK = 50;
/**
 * A slot goes from hand to hand within one worker as long as somebody waits there. After so many times it is left to whoever
 * looks first, or the others' requests would wait for nothing: a loss of half a look in eight answers.
 */
const MOST_IN_A_ROW = 8;

export class CredentialQueue {
  readonly #tallies: Tallies;
  /** Whether others may be waiting for the same slots, in other processes. */
  readonly #isShared: () => boolean;
  readonly #lookEvery: number;
  /** Oldest first. */
  readonly #waiting = new Set<QueuePlace>();
  readonly #lanes = new Map<string, number>();
  readonly #kinds = new Map<string, number>();
  #inRow = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `lookEvery` in milliseconds. */
  constructor(tallies: Tallies, isShared: () => boolean, lookEvery = LOOK) {
    this.#tallies = tallies;
    this.#isShared = isShared;
    this.#lookEvery = lookEvery;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Whether somebody of this kind came first. */
  isAwaited(kind: string): boolean {
    return this.#kinds.has(kind);
  }

  /** Behind all others; undefined: its lane is full. `now` is `performance.now()`. */
  enter(wish: Wish, now: number): QueuePlace | undefined {
    if ((this.#lanes.get(wish.lane) ?? 0) >= wish.rules.length) {
      this.#tallies.credentialWaitsRefused++;
      return undefined;
    }
    const place = new QueuePlace(wish, now, this);
    this.#waiting.add(place);
    this.#count(wish, 1);
    this.#tallies.credentialWaits++;
    this.#timer ??= setInterval(() => this.look(performance.now()), this.#lookEvery);
    return place;
  }

  /** A slot of this upstream was given back here. */
  freed(upstream: string): void {
    if (this.#waiting.size === 0) return;
    if (this.#isShared() && ++this.#inRow > MOST_IN_A_ROW) this.#inRow = 0;
    else this.#call({ upstream, busy: new Set() });
  }

  /** Refuses those that have waited too long; asks again for the first. */
  look(now: number): void {
    let isAsking = false;
    for (const place of this.#waiting) {
      if (place.round) isAsking = true;
      else if (now - place.since >= place.wish.rules.age) {
        this.#tallies.credentialWaitsRefused++;
        this.left(place, now);
      }
    }
    if (!isAsking) this.#call({ busy: new Set() });
  }

  /** It has asked, and found all busy. */
  returned(place: QueuePlace): void {
    const { round } = place;
    place.round = undefined;
    round?.busy.add(place.wish.kind);
    if (round) this.#call(round);
  }

  /** It waits no more; `isServed`: since it found what it waited for. */
  left(place: QueuePlace, now: number, isServed = false): void {
    if (!this.#waiting.delete(place)) return;
    this.#count(place.wish, -1);
    this.#tallies.credentialWaitSeconds += (now - place.since) / 1000;
    const { round } = place;
    place.round = undefined;
    place.tell(false);
    // A look may have found more than one; of the slot that was given back nothing is left.
    if (round && !(isServed && round.upstream !== undefined)) this.#call(round);
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #call(round: Round): void {
    const { upstream, busy } = round;
    for (const place of this.#waiting) {
      const { kind } = place.wish;
      if (place.round || !place.isIdle || busy.has(kind) || (upstream !== undefined && !place.wish.wants(upstream))) continue;
      place.round = round;
      place.tell(true);
      return;
    }
  }

  #count({ lane, kind }: Wish, by: number): void {
    bump(this.#lanes, lane, by);
    bump(this.#kinds, kind, by);
    this.#tallies.credentialWaiting = this.#waiting.size;
  }
}

/** One request's place. */
export class QueuePlace {
  readonly wish: Wish;
  /** `performance.now()` of its coming. */
  readonly since: number;
  /** Set while it asks for what it was called for. */
  round: Round | undefined;
  readonly #queue: CredentialQueue;
  #told: ((isCalled: boolean) => void) | undefined;
  #isGone = false;

  constructor(wish: Wish, since: number, queue: CredentialQueue) {
    this.wish = wish;
    this.since = since;
    this.#queue = queue;
  }

  /** Whether it can be called. */
  get isIdle(): boolean {
    return this.#told !== undefined;
  }

  /** Until it may ask again (true), or waits no more. Asked once more: what it was called for was busy still. */
  turn(): Promise<boolean> {
    if (this.#isGone) return Promise.resolve(false);
    const turn = new Promise<boolean>((resolve) => {
      this.#told = resolve;
    });
    this.#queue.returned(this);
    return turn;
  }

  leave(isServed = false): void {
    this.#queue.left(this, performance.now(), isServed);
  }

  tell(isCalled: boolean): void {
    if (!isCalled) this.#isGone = true;
    this.#told?.(isCalled);
    this.#told = undefined;
  }
}

function bump(counts: Map<string, number>, name: string, by: number): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count > 0) counts.set(name, count);
  else counts.delete(name);
}
