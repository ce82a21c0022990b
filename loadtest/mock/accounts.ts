import { BoundedTable, Ring } from './bounded-table.js';
import { FaultRules } from './fault-rules.js';
import type { Admission, FaultRule, Grant, Outcome, Settlement, Slots } from './ledger.js';

const MOST_KEYS = 20_000;
const MOST_SESSIONS = 200_000;
const MOST_MODELS = 1_000;
const JOURNAL_LENGTH = 2_000;
const ABORTS_KEPT = 2_000;
/** A journal keeps the head of a request, not an attack. */
const MOST_HEADER_TEXTS = 200;

interface KeyRow {
  requests: number;
  completed: number;
  aborted: number;
  inFlight: number;
  maxInFlight: number;
}

interface SessionRow {
  requests: number;
  key: string;
  keyChanges: number;
}

/** One line of the journal. Times are milliseconds since the epoch; `settledAt` is 0 while the request is under way. */
export interface JournalEntry extends Omit<Admission, 'drawsRound'> {
  id: number;
  fault?: string;
  outcome: Outcome | 'in flight' | 'no slot';
  status: number;
  events: number;
  admittedAt: number;
  settledAt: number;
}

interface OpenRequest {
  epoch: number;
  owner: number;
  key: string;
  entry: JournalEntry;
}

/** All counters since the last reset. Requests that began before it are left out when they end. */
class Period {
  requests = 0;
  noSlot = 0;
  events = 0;
  doneMarkers = 0;
  maxInFlight = 0;
  sessionKeyChanges = 0;
  readonly outcomes: Record<Outcome, number> = { completed: 0, aborted: 0, faulted: 0, refused: 0 };
  readonly turnedAway: Record<string, number> = {};
  readonly keys = new BoundedTable<KeyRow>(MOST_KEYS, () => ({
    requests: 0,
    completed: 0,
    aborted: 0,
    inFlight: 0,
    maxInFlight: 0,
  }));
  readonly sessions = new BoundedTable<SessionRow>(MOST_SESSIONS, () => ({ requests: 0, key: '', keyChanges: 0 }));
  readonly models = new BoundedTable<{ requests: number }>(MOST_MODELS, () => ({ requests: 0 }));
  readonly journal = new Ring<JournalEntry>(JOURNAL_LENGTH);
  readonly aborts = new Ring<{ id: number; key: string; events: number; atMs: number }>(ABORTS_KEPT);
}

/** The mock's books: slots, counters, journal, run-time faults and the round profile's draws. Pure state, no sockets. */
export class Accounts {
  readonly rules = new FaultRules();
  private readonly open = new Map<number, OpenRequest>();
  private readonly maxConcurrent: number;
  private readonly clock: () => number;
  private period = new Period();
  private epoch = 0;
  private lastId = 0;
  private lastOrdinal = -1;

  constructor(maxConcurrent: number, clock: () => number = Date.now) {
    this.maxConcurrent = maxConcurrent;
    this.clock = clock;
  }

  slots(): Slots {
    return { active: this.open.size, max: this.maxConcurrent };
  }

  /** Takes a slot, or says that there is none. `owner` is the process that must give it back. */
  admit(admission: Admission, owner = 0): Grant {
    const id = ++this.lastId;
    const { period } = this;
    const admitted = this.open.size < this.maxConcurrent;
    const entry = this.write(id, admission, admitted);
    period.requests += 1;
    this.countNames(admission);
    if (!admitted) {
      period.noSlot += 1;
      return { id, admitted, ordinal: 0 };
    }
    this.open.set(id, { epoch: this.epoch, owner, key: admission.key, entry });
    period.maxInFlight = Math.max(period.maxInFlight, this.open.size);
    const row = period.keys.rows.get(admission.key);
    if (row) row.maxInFlight = Math.max(row.maxInFlight, ++row.inFlight);
    const fault = this.rules.strike(admission);
    if (fault !== undefined) entry.fault = fault;
    if (admission.drawsRound) this.lastOrdinal += 1;
    return { id, admitted, ordinal: this.lastOrdinal, fault };
  }

  settle({ id, outcome, status, events, doneMarkers }: Settlement): void {
    const request = this.open.get(id);
    if (request === undefined) return;
    this.open.delete(id);
    if (request.epoch !== this.epoch) return;
    const { period } = this;
    const settledAt = this.clock();
    Object.assign(request.entry, { outcome, status, events, settledAt });
    period.outcomes[outcome] += 1;
    period.events += events;
    period.doneMarkers += doneMarkers;
    if (outcome === 'aborted') period.aborts.push({ id, key: request.key, events, atMs: settledAt });
    const row = period.keys.rows.get(request.key);
    if (row === undefined) return;
    row.inFlight -= 1;
    if (outcome === 'completed' || outcome === 'aborted') row[outcome] += 1;
  }

  /** A process died: what it served is over. */
  settleAllOf(owner: number): void {
    for (const [id, request] of this.open) {
      if (request.owner === owner) this.settle({ id, outcome: 'faulted', status: 0, events: 0, doneMarkers: 0 });
    }
  }

  turnAway(status: number): void {
    this.period.turnedAway[status] = (this.period.turnedAway[status] ?? 0) + 1;
  }

  /** Starts every count anew; slots in use, run-time faults and the place in the round profile stay. */
  reset(): void {
    this.period = new Period();
    this.epoch += 1;
  }

  addRule(rule: FaultRule): boolean {
    return this.rules.add(rule);
  }

  requests(last: number): JournalEntry[] {
    return this.period.journal.last(last);
  }

  /** Everything counted since the last reset. */
  stats(withSessions: boolean) {
    const { period } = this;
    const { keys, sessions, models } = period;
    const counted = [...this.open.values()].filter((request) => request.epoch === this.epoch).length;
    return {
      requests: period.requests,
      ...period.outcomes,
      noSlot: period.noSlot,
      turnedAway: period.turnedAway,
      inFlight: counted,
      active: this.open.size,
      maxInFlight: period.maxInFlight,
      events: period.events,
      doneMarkers: period.doneMarkers,
      byKey: keys.project((row) => row.requests),
      maxInFlightByKey: keys.project((row) => row.maxInFlight),
      keys: keys.project((row) => row),
      byModel: models.project((row) => row.requests),
      sessionCount: sessions.rows.size,
      sessionKeyChanges: period.sessionKeyChanges,
      ...(withSessions ? { bySession: sessions.project((row) => row.requests), sessions: sessions.project((row) => row) } : {}),
      aborts: period.aborts.last(ABORTS_KEPT),
      overflow: { keys: keys.overflow, sessions: sessions.overflow, models: models.overflow },
    };
  }

  private write(id: number, { drawsRound: _, ...admission }: Admission, admitted: boolean): JournalEntry {
    const rawHeaders = admission.rawHeaders.slice(0, MOST_HEADER_TEXTS);
    const begun = { events: 0, admittedAt: this.clock(), settledAt: 0 };
    const state = admitted ? { outcome: 'in flight' as const, status: 0 } : { outcome: 'no slot' as const, status: 503 };
    const entry: JournalEntry = { id, ...admission, rawHeaders, ...state, ...begun };
    this.period.journal.push(entry);
    return entry;
  }

  private countNames({ key, session, model }: Admission): void {
    const { period } = this;
    const models = period.models.rowFor(model);
    if (models) models.requests += 1;
    const row = period.keys.rowFor(key);
    if (row) row.requests += 1;
    if (session !== '') this.countSession(session, key);
  }

  private countSession(session: string, key: string): void {
    const row = this.period.sessions.rowFor(session);
    if (row === undefined) return;
    row.requests += 1;
    if (row.requests > 1 && row.key !== key) {
      row.keyChanges += 1;
      this.period.sessionKeyChanges += 1;
    }
    row.key = key;
  }
}
