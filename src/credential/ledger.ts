/**
 * Sessions, turns and rests in one place: the embedded store's state in the primary, everything in a single
 * process, and a worker's own view while the shared store is away. Pure: every method takes the time, in
 * milliseconds on the caller's monotonic clock.
 */
import type { GatewayConfig } from '../config.js';
import { type Holder, Slots } from '../limits/slots.js';
import { type Member, type Plan, planOf, type Target, type Tier, targetOf } from './plan.js';
import { BUSY, isExcluded, leftoverOf } from './refusal.js';
import { type HeldRest, Rests, type Standing } from './rests.js';
import { type Binding, Sessions, sessionKey, sessionOfKey, sharedTtl } from './sessions.js';
import { newTurns, type Turns, takeTurn } from './turns.js';
import type { Choice, ChoiceRequest, ChosenCredential, CredentialKey, Outcome, Rest } from './types.js';

/** What choosing depends on. */
export type LedgerConfig = Pick<GatewayConfig, 'upstreams' | 'models' | 'sticky'>;

/** One credential as the admin pages see it. */
export interface CredentialState {
  readonly upstream: string;
  readonly credential: string;
  readonly weight: number;
  readonly paused: boolean;
  readonly picks: number;
  readonly rests: readonly HeldRest[];
}

export interface SessionState {
  readonly session: string;
  readonly upstream: string;
  readonly credential: string;
  readonly remaining: number;
}

export interface LedgerState {
  readonly credentials: readonly CredentialState[];
  readonly sessions: { readonly count: number; readonly newest: readonly SessionState[] };
}

interface Candidate {
  readonly target: Target;
  readonly member: Member;
  readonly model: string;
  readonly trial: boolean;
}

/** For whom a credential is chosen. */
interface Receiver {
  readonly request: ChoiceRequest;
  /** Bound to what is chosen; undefined: nothing is. */
  readonly session: string | undefined;
  readonly sticky: boolean;
  /** The session is bound elsewhere and stays there. */
  readonly spilled: boolean;
  /** Whose slot it becomes. */
  readonly holder: Holder;
}

/** How many requests in flight a credential takes here: its own cap, or what of it is this worker's share. */
export type CapRule = (member: Pick<Member, 'key' | 'cap'>) => number;

const WHOLE_CAP: CapRule = ({ cap }) => cap ?? Number.POSITIVE_INFINITY;
const NEWEST_SESSIONS = 50;

export class Ledger {
  #plan: Plan;
  readonly #sessions: Sessions;
  readonly #rests = new Rests();
  readonly #turns = new Map<string, Turns>();
  readonly #picks = new Map<CredentialKey, number>();
  /** In flight with credentials that have a cap, by credential key. */
  readonly slots = new Slots();
  readonly #capOf: CapRule;

  constructor(config: LedgerConfig, capOf: CapRule = WHOLE_CAP) {
    this.#capOf = capOf;
    this.#plan = planOf(config);
    this.#sessions = new Sessions(sharedTtl(config.sticky.ttl), config.sticky.maxSessions);
  }

  /**
   * Sticky hit, else the next in turn skipping what rests or is full; binds the session to what it gives, unless its own was
   * merely tried, or is full or spent for the moment. `holder` gets the slot of a credential with a cap.
   */
  choose(request: ChoiceRequest, now: number, holder: Holder = 0): Choice {
    const tiers = this.#plan.routes.get(request.alias) ?? [];
    const session = request.session === undefined ? undefined : sessionKey(request.session, request.alias);
    const bound = session === undefined ? undefined : this.#sessions.get(session, now);
    const place = bound && this.#placeOf(bound, tiers);
    const kept = place && this.#usable(place.target, place.member, request, now, request.pinned);
    if (kept !== undefined) return this.#settle(kept, { request, session, sticky: true, spilled: false, holder }, now);
    const spilled = place !== undefined && this.#standing(place.target, place.member, request, now) !== 'resting';
    if (spilled && request.pinned && !isExcluded(request, place.target.upstream, place.member.key)) return BUSY;
    const to = { request, session: spilled ? undefined : session, sticky: false, spilled, holder };
    const pick = this.#inTurn(tiers, request, now);
    if (pick !== undefined) return this.#settle(pick, to, now);
    const { resort, refusal } = leftoverOf(tiers, request, this.#rests, now, (member) => this.#isFull(member));
    return resort ? this.#settle({ ...resort, trial: true }, to, now) : refusal;
  }

  /** The session goes with `choice` from now on. */
  bind(request: ChoiceRequest, choice: ChosenCredential, now: number): void {
    const target = targetOf(this.#plan, request, choice);
    if (!target || request.session === undefined) return;
    const { upstream, credential } = choice;
    this.#sessions.bind(sessionKey(request.session, request.alias), { upstream, credential, model: target.model }, now);
  }

  /** A session was used by a worker that knows it; `key` as `sessionKey` makes it. */
  touch(key: string, now: number): void {
    this.#sessions.touch(key, now);
  }

  /** Add picks that workers made without asking. */
  tally(key: CredentialKey, picks: number): void {
    this.#picks.set(key, (this.#picks.get(key) ?? 0) + picks);
  }

  /** Learn from an attempt; every worker must hear of what comes back. */
  report(outcome: Outcome, now: number): Rest[] {
    return this.#rests.report(outcome, now);
  }

  pause(key: CredentialKey): Rest {
    return this.#rests.pause(key);
  }

  resume(key: CredentialKey): Rest {
    return this.#rests.resume(key);
  }

  /** Take over a rest that another process decided. */
  apply(rest: Rest, now: number): void {
    this.#rests.apply(rest, now);
  }

  /** Every rest still running, for a worker that has just come. */
  running(now: number): Rest[] {
    return this.#rests.running(now);
  }

  /** Swap the plan; turns, sessions and rests of what stays are kept. */
  configure(config: LedgerConfig, now: number): void {
    this.#plan = planOf(config);
    this.#sessions.resize(sharedTtl(config.sticky.ttl), config.sticky.maxSessions, now);
    const staying = new Set(this.#members().map(({ member }) => member.key));
    this.#rests.retain(staying);
    for (const key of this.#picks.keys()) if (!staying.has(key)) this.#picks.delete(key);
    const levels = new Set([...this.#plan.pools.keys(), ...[...this.#plan.routes.values()].flat().map((tier) => tier.name)]);
    for (const name of this.#turns.keys()) if (!levels.has(name)) this.#turns.delete(name);
  }

  snapshot(now: number): LedgerState {
    const credentials = this.#members().map(({ upstream, member: { id, key, weight } }) => ({
      upstream,
      credential: id,
      weight,
      paused: this.#rests.isPaused(key),
      picks: this.#picks.get(key) ?? 0,
      rests: this.#rests.held(key, now),
    }));
    const newest = [...this.#sessions.newest(now, NEWEST_SESSIONS)].map(
      ({ key, binding: { upstream, credential }, remaining }) => ({
        session: sessionOfKey(key),
        upstream,
        credential,
        remaining,
      }),
    );
    return { credentials, sessions: { count: this.#sessions.size, newest } };
  }

  /** Where a session is bound to, if that is still configured. */
  #placeOf(bound: Binding, tiers: readonly Tier[]): { readonly target: Target; readonly member: Member } | undefined {
    for (const { targets } of tiers) {
      const target = targets.find(({ upstream, model }) => upstream === bound.upstream && model === bound.model);
      const member = target?.pool.byId.get(bound.credential);
      if (target && member) return { target, member };
    }
    return undefined;
  }

  #inTurn(tiers: readonly Tier[], request: ChoiceRequest, now: number): Candidate | undefined {
    for (const tier of tiers) {
      const pick = this.#fromTier(tier, request, now);
      if (pick !== undefined) return pick;
    }
    return undefined;
  }

  #fromTier(tier: Tier, request: ChoiceRequest, now: number): Candidate | undefined {
    let pick: Candidate | undefined;
    const spent = new Set<number>();
    takeTurn(this.#turnsOf(tier.name), tier.sequence, (index) => {
      if (spent.has(index)) return false;
      spent.add(index);
      pick = this.#fromTarget(tier.targets[index] as Target, request, now);
      return pick !== undefined;
    });
    return pick;
  }

  #fromTarget(target: Target, request: ChoiceRequest, now: number): Candidate | undefined {
    let pick: Candidate | undefined;
    if (request.exclude?.includes(`${target.upstream}/*`)) return undefined;
    takeTurn(this.#turnsOf(target.upstream), target.pool.sequence, (index) => {
      pick = this.#usable(target, target.pool.members[index] as Member, request, now);
      return pick !== undefined;
    });
    return pick;
  }

  /** `orSpent`: nobody else will do, and what is merely spent has refused nothing. */
  #usable(target: Target, member: Member, request: ChoiceRequest, now: number, orSpent = false): Candidate | undefined {
    if (isExcluded(request, target.upstream, member.key) || this.#isFull(member)) return undefined;
    const standing = this.#standing(target, member, request, now);
    if (standing === 'resting' || (standing === 'spent' && !orSpent)) return undefined;
    return { target, member, model: target.model ?? request.model, trial: standing === 'trial' };
  }

  #isFull(member: Member): boolean {
    return member.cap !== undefined && this.slots.count(member.key) >= this.#capOf(member);
  }

  #standing(target: Target, member: Member, request: ChoiceRequest, now: number): Standing {
    return this.#rests.standing(member.key, target.model ?? request.model, now);
  }

  #settle({ target, member, model, trial }: Candidate, to: Receiver, now: number): ChosenCredential {
    const { request, session, sticky, spilled, holder } = to;
    const slot = member.cap === undefined ? undefined : request.slot;
    if (slot !== undefined) this.slots.take(member.key, slot, holder);
    if (trial) this.#rests.grant(member.key, model, now);
    if (session !== undefined)
      this.#sessions.bind(session, { upstream: target.upstream, credential: member.id, model: target.model }, now);
    this.tally(member.key, 1);
    const chosen = { found: true, upstream: target.upstream, credential: member.id, model, sticky, trial } as const;
    return slot === undefined && !spilled ? chosen : { ...chosen, slot, spilled };
  }

  #turnsOf(name: string): Turns {
    const turns = this.#turns.get(name) ?? newTurns();
    this.#turns.set(name, turns);
    return turns;
  }

  #members(): { upstream: string; member: Member }[] {
    return [...this.#plan.pools.values()].flatMap(({ upstream, members }) => members.map((member) => ({ upstream, member })));
  }
}
