/**
 * What one worker remembers of sessions, so that a known one is answered without a round trip. An entry counts
 * only while its credential has not rested since it was asked for (so all workers move together) and the shared
 * store is sure to have kept the session (so all workers agree).
 */
import { AgedMap } from '../credential/aged-map.js';
import { credentialKey } from '../credential/plan.js';
import { isExcluded } from '../credential/refusal.js';
import { sessionKey } from '../credential/sessions.js';
import type { Choice, ChoiceRequest, ChosenCredential, CredentialKey, Rest } from '../credential/types.js';

interface Known {
  readonly choice: ChosenCredential;
  /** The client's model that it answered: `*` routes many. */
  readonly asked: string;
  readonly key: CredentialKey;
  readonly epoch: number;
  /** When the store last heard of it. */
  confirmed: number;
  /** Chosen here while the store was merely late: it may have another. */
  readonly presumed?: boolean;
}

/** A known session's answer; `touch` names the session if the store should hear of this use. */
export interface KnownChoice {
  readonly choice: ChosenCredential;
  readonly touch: string | undefined;
}

/** Epochs are kept by credential × model, and clients name models freely where `*` routes. */
const MOST_EPOCHS = 20_000;

export class KnownSessions {
  readonly #entries = new AgedMap<string, Known>();
  readonly #epochs = new Map<string, number>();
  #picks = new Map<CredentialKey, number>();
  #epoch = 0;
  /** Entries of before this epoch are void. */
  #floor = 0;
  /** Entries of before this epoch are recalled, but not answered from. */
  #doubted = 0;
  #ttl: number;
  #most: number;

  constructor(ttl: number, most: number) {
    this.#ttl = ttl;
    this.#most = most;
  }

  /** Entries, expired ones that have not drained away yet included. */
  get size(): number {
    return this.#entries.size;
  }

  /** Taken before the store is asked and handed to `remember`: a rest heard in between voids the answer. */
  get epoch(): number {
    return this.#epoch;
  }

  lookup(request: ChoiceRequest, now: number): KnownChoice | undefined {
    if (request.session === undefined) return undefined;
    const key = sessionKey(request.session, request.alias);
    const known = this.#entries.get(key);
    if (known === undefined) return undefined;
    if (now - known.confirmed >= this.#ttl || this.#restedSince(known)) {
      this.#entries.delete(key);
      return undefined;
    }
    if (known.presumed || known.epoch < this.#doubted) return undefined;
    if (known.asked !== request.model || isExcluded(request, known.choice.upstream, known.key)) return undefined;
    this.#picks.set(known.key, (this.#picks.get(known.key) ?? 0) + 1);
    return { choice: known.choice, touch: this.#touched(key, known, now) };
  }

  /**
   * Where the session was when that was last certain, if its credential is not known to have rested since: the best there is
   * while the store is away, and what a store that has lost the session is told.
   */
  recall(request: ChoiceRequest, now: number): ChosenCredential | undefined {
    if (request.session === undefined) return undefined;
    const known = this.#entries.get(sessionKey(request.session, request.alias));
    if (known === undefined || known.asked !== request.model || now - known.confirmed >= this.#ttl) return undefined;
    return this.#restedSince(known) || isExcluded(request, known.choice.upstream, known.key) ? undefined : known.choice;
  }

  /** Keep what the store answered to a question asked at `epoch` and `asked`; a second try is not where the session belongs. */
  remember(request: ChoiceRequest, choice: Choice, epoch: number, asked: number): void {
    this.#keep(request, choice, { epoch, confirmed: asked });
  }

  /** Where a session that nobody knew here went while the store did not answer in time: recalled, but not answered from. */
  presume(request: ChoiceRequest, choice: Choice, now: number): void {
    if (this.recall(request, now) === undefined)
      this.#keep(request, choice, { epoch: this.#epoch, confirmed: now, presumed: true });
  }

  /** What was presumed of a session, if nothing has become certain since. */
  presumed(request: ChoiceRequest, now: number): ChosenCredential | undefined {
    const choice = this.recall(request, now);
    if (choice === undefined || request.session === undefined) return undefined;
    return this.#entries.get(sessionKey(request.session, request.alias))?.presumed ? choice : undefined;
  }

  #keep(request: ChoiceRequest, choice: Choice, standing: Pick<Known, 'epoch' | 'confirmed' | 'presumed'>): void {
    if (request.session === undefined || request.exclude?.length || !choice.found || choice.trial) return;
    // One with a cap must be asked for each time, and a credential that only stood in is not the session's.
    if (choice.slot !== undefined || choice.spilled) return;
    const id = credentialKey(choice.upstream, choice.credential);
    const known: Known = {
      choice: { ...choice, sticky: true, verdict: undefined },
      asked: request.model,
      key: id,
      ...standing,
    };
    const key = sessionKey(request.session, request.alias);
    this.#entries.delete(key);
    if (this.#restedSince(known)) return;
    this.#entries.set(key, known);
    this.#sweep(standing.confirmed);
  }

  /** Two may leave for each that comes, so that the past drains away without a request that pays for all of it. */
  #sweep(now: number): void {
    for (let swept = 0; swept < 2; swept++) {
      const key = this.#entries.oldest();
      const oldest = key === undefined ? undefined : this.#entries.get(key);
      if (key === undefined || oldest === undefined) return;
      if (this.#entries.size <= this.#most && now - oldest.confirmed < this.#ttl) return;
      this.#entries.delete(key);
    }
  }

  /** A credential began to rest: whoever is bound to it must ask again. */
  rested(rest: Rest): void {
    if (rest.remaining <= 0) return;
    if (this.#epochs.size >= MOST_EPOCHS) return this.flush();
    this.#epochs.set(`${rest.key}|${rest.model}`, ++this.#epoch);
  }

  /** Be certain of nothing any more, answers under way included: rests may have been missed. */
  doubt(): void {
    this.#doubted = ++this.#epoch;
  }

  /** The store says that this session is elsewhere. */
  forget(key: string): void {
    this.#entries.delete(key);
  }

  /** Know nothing any more, answers under way included: the configuration changed. */
  flush(): void {
    this.#entries.clear();
    this.#epochs.clear();
    this.#floor = ++this.#epoch;
  }

  resize(ttl: number, most: number): void {
    this.#ttl = ttl;
    this.#most = most;
    this.flush();
  }

  /** A pick that was not made after all. */
  unpick({ upstream, credential }: ChosenCredential): void {
    const key = credentialKey(upstream, credential);
    this.#picks.set(key, (this.#picks.get(key) ?? 1) - 1);
  }

  /** Picks answered from here since the last time, for the store's counts. */
  takePicks(): [CredentialKey, number][] {
    if (this.#picks.size === 0) return [];
    const picks = [...this.#picks];
    this.#picks = new Map();
    return picks;
  }

  #restedSince({ choice, key, epoch }: Known): boolean {
    if (epoch === this.#epoch) return false;
    if (epoch < this.#floor) return true;
    return (this.#epochs.get(`${key}|*`) ?? 0) > epoch || (this.#epochs.get(`${key}|${choice.model}`) ?? 0) > epoch;
  }

  /**
   * At most once a sixteenth of the time to live: a busy session costs the store next to nothing. Only then it moves to the
   * young end too: a Map keeps deleted entries in their bucket's chain until it is rebuilt, and a busy session moved at
   * every use cost 9 µs a look-up among 2,500 sessions and 87 µs among 100,000 (`npm run bench -- store`, 2026-11-21).
   */
  #touched(key: string, known: Known, now: number): string | undefined {
    if (now - known.confirmed < this.#ttl / 16) return undefined;
    known.confirmed = now;
    this.#entries.delete(key);
    this.#entries.set(key, known);
    return key;
  }
}
