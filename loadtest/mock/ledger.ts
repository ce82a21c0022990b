/** What the ledger is told about a request once its body is read. */
export interface Admission {
  method: string;
  path: string;
  /** Names and values as they came, in order. */
  rawHeaders: string[];
  bodyBytes: number;
  model: string;
  /** The bearer token or `x-api-key`; empty when none came. */
  key: string;
  /** `x-session-id`, else `prompt_cache_key`, `user`, `metadata.user_id`; empty when none came. */
  session: string;
  stream: boolean;
  /** Whether this request takes the next draw of the round profile. */
  drawsRound: boolean;
}

/** The ledger's answer: served (perhaps with a fault set at run time), or refused because every slot is taken. */
export interface Grant {
  id: number;
  admitted: boolean;
  /** Which draw of the round profile this request takes; counted over all processes. */
  ordinal: number;
  /** A fault name without `fault-`. */
  fault?: string;
}

/**
 * How a request ended. `completed`: a whole healthy answer was handed to the network; `aborted`: the client went away first;
 * `faulted`: an answer that the mock spoiled on purpose; `refused`: an error status sent on purpose.
 */
export type Outcome = 'completed' | 'aborted' | 'faulted' | 'refused';

/** What is known when a request ends. */
export interface Settlement {
  id: number;
  outcome: Outcome;
  status: number;
  /** `data:` events written, and how many of them were `[DONE]`. */
  events: number;
  doneMarkers: number;
}

/** A rule that makes some requests fail, set while the mock runs. */
export interface FaultRule {
  key?: string;
  model?: string;
  session?: string;
  /** A fault name without `fault-`, for example `cut-fin-after-5`. */
  fault: string;
  /** How many requests it strikes; absent: all until it is taken away. */
  times?: number;
}

/** What one process alone knows: its streams under way and how late its wheel runs. */
export interface ProcessGauges {
  processId: number;
  eventsInFlight: number;
  doneInFlight: number;
  /** Lateness of events in microseconds, as histogram pairs. */
  lateness: [number, number][];
  residentBytes: number;
}

/** A question to the ledger that is answered with plain JSON. */
export type LedgerQuestion =
  | { about: 'slots' }
  | { about: 'stats'; sessions: boolean }
  | { about: 'requests'; last: number }
  | { about: 'reset' }
  | { about: 'rules' }
  | { about: 'clear-rules' }
  | { about: 'add-rule'; rule: FaultRule };

/** Slots of the whole mock. */
export interface Slots {
  active: number;
  max: number;
}

/**
 * The books of the whole mock, kept by one process so that the cap, the counts and the draws are exact over all of them.
 * A server speaks to them directly or through its primary.
 */
export interface Ledger {
  admit(admission: Admission): Grant | Promise<Grant>;
  settle(settlement: Settlement): void;
  /** Counts a request that never got so far: wrong path, method, size or JSON. */
  turnAway(status: number): void;
  ask(question: LedgerQuestion): Promise<unknown>;
}
