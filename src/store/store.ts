/**
 * What the workers share: sessions, turns and rests. Two implementations, embedded (the primary holds it,
 * workers ask over IPC) and Redis; `contract.ts` is the suite that both pass.
 */
import type { GatewayConfig } from '../config.js';
import type { Choice, ChoiceRequest, ChosenCredential, CredentialKey, Outcome, Rest, RestReason } from '../credential/types.js';
import type { AdmissionRequest, ClientUse, Return, Verdict } from '../limits/types.js';
import type { UsageTable } from '../usage.js';

/** A worker's view of the shared state. */
export interface Store {
  /** Settles when the shared state can be asked, or is given up on for now (2 s): listen after it. Never rejects. */
  readonly ready: Promise<void>;
  /**
   * Sticky hit, else next in turn skipping what rests, then bind: atomic over all workers and hosts.
   * A session that this worker knows already is answered at once, without a promise. Never rejects and never
   * takes longer than `store.timeout`: then the worker's own view answers.
   */
  choose(request: ChoiceRequest): Choice | Promise<Choice>;
  /** Ask a client's limits where no credential is to be chosen. As `choose`, it never rejects and does not take long. */
  admit(request: AdmissionRequest): Verdict | Promise<Verdict>;
  /** Give back a slot, or say what an admitted request has used. Does not wait. */
  give(back: Return): void;
  /**
   * Add to what is kept of usage over restarts and hosts; false: it was not heard, the caller tells the same `batch` again
   * before the next number. The embedded store keeps nothing and hears all.
   */
  addUsage(rows: UsageTable, batch: number): Promise<boolean>;
  /** All that is kept; undefined where nothing is kept or it cannot be read now. */
  keptUsage(): Promise<UsageTable | undefined>;
  /**
   * The session of `request` belongs to `choice` from now on, though it was not chosen for it: an answer can be gone on
   * from only where it was made. Does not wait.
   */
  bind(request: ChoiceRequest, choice: ChosenCredential): void;
  /** Tell what an attempt taught. Does not wait; failures and trials only need to be told. */
  report(outcome: Outcome): void;
  readonly retries: Retries;
  /** Take a credential out of turn for every model, or put it back. */
  pause(key: CredentialKey): Promise<void>;
  resume(key: CredentialKey): Promise<void>;
  /** Swap to a new configuration: turns and sessions of credentials that stay are kept. */
  configure(config: GatewayConfig): void;
  /** For the admin pages. */
  snapshot(): Promise<StoreSnapshot>;
  /** Healthy, or answering from the worker's own view. */
  readonly health: StoreHealth;
  close(): Promise<void>;
}

/** The retry budget of all workers and hosts together. */
export interface Retries {
  /** One more request has begun. Told in passing: no message, no wait. */
  deposit(): void;
  /** Whether one more retry is within the budget; if so it is spent. As `choose`, it never rejects and does not take long. */
  withdraw(): boolean | Promise<boolean>;
}

export interface StoreHealth {
  readonly kind: 'embedded' | 'redis';
  readonly degraded: boolean;
  /** Calls answered from the worker's own view since start. */
  readonly fallbacks: number;
}

export interface StoreSnapshot {
  readonly credentials: readonly CredentialSnapshot[];
  readonly sessions: { readonly count: number; readonly newest: readonly SessionSnapshot[] };
  /** Of clients with limits that were here lately. */
  readonly clients: readonly ClientUse[];
}

export interface CredentialSnapshot {
  readonly upstream: string;
  readonly credential: string;
  readonly weight: number;
  readonly paused: boolean;
  /** Picks by turn or stickiness since start, over all workers. */
  readonly picks: number;
  readonly rests: readonly {
    readonly model: string;
    readonly reason: RestReason;
    readonly remaining: number;
    readonly trial: boolean;
  }[];
}

export interface SessionSnapshot {
  /** The hash, never the session's own name. */
  readonly session: string;
  readonly upstream: string;
  readonly credential: string;
  /** Milliseconds until it is forgotten. */
  readonly remaining: number;
}

/** Called in every worker when a credential starts or ends a rest. */
export type RestListener = (rest: Rest) => void;
