/**
 * Every word that the primary and its workers say to each other over IPC. Types only.
 * A worker says `hello` first; the primary answers `configure`; the worker listens and says `ready`.
 */
import type { GatewayConfig } from './config.js';
import type { Choice, ChoiceRequest, ChosenCredential, CredentialKey, Outcome, Rest } from './credential/types.js';
import type { AdmissionRequest, Return, Verdict } from './limits/types.js';
import type { StoreSnapshot } from './store/store.js';

/** What a worker tells about itself once a second; the silence of it is how a stuck worker is noticed. */
export interface WorkerStats {
  readonly inFlight: number;
  readonly connections: number;
  readonly requests: number;
  /** Share of the last second that the event loop was busy, 0 to 1. */
  readonly utilization: number;
  /** 99th percentile of event loop delay over the last second, milliseconds. */
  readonly loopDelay: number;
  /** Bytes. */
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly draining: boolean;
  readonly storeDegraded: boolean;
}

/** What the primary tells every worker about all of them, for `/health` on the data port. */
export interface ClusterState {
  readonly workers: number;
  readonly inFlight: number;
}

/** What the primary may ask a worker for. */
export type Inquiry = 'metrics' | 'usage' | 'attempts' | 'store-snapshot' | 'collect-garbage';

export type ToWorker =
  | { readonly type: 'configure'; readonly config: GatewayConfig; readonly generation: number }
  | { readonly type: 'cluster-state'; readonly state: ClusterState }
  | { readonly type: 'ask'; readonly id: number; readonly inquiry: Inquiry }
  /** With so many of the next answers, tell clients to connect anew: another worker has room for them. */
  | { readonly type: 'shed'; readonly connections: number }
  /** Stop accepting, finish what runs, leave after at most `deadline` milliseconds. `linger` keeps idle connections open for that long. */
  | { readonly type: 'drain'; readonly deadline: number; readonly linger: number }
  | StoreToWorker;

export type ToPrimary =
  | { readonly type: 'hello' }
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'stats'; readonly stats: WorkerStats }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  /** The answers to `metrics` and `usage` unasked, as a drained worker's last word: no count is lost with it. */
  | { readonly type: 'farewell'; readonly metrics: unknown; readonly usage: unknown }
  | StoreToPrimary;

/** The embedded store's half: the state lives in the primary. */
export type StoreToPrimary =
  | { readonly type: 'store-choose'; readonly id: number; readonly request: ChoiceRequest }
  /** A session that the worker knows was used; `session` is the ledger's key of it. */
  | { readonly type: 'store-touch'; readonly session: string }
  | { readonly type: 'store-bind'; readonly request: ChoiceRequest; readonly choice: ChosenCredential }
  /** Picks made for known sessions, without asking. */
  | { readonly type: 'store-picks'; readonly picks: readonly (readonly [CredentialKey, number])[] }
  | { readonly type: 'store-report'; readonly outcome: Outcome }
  /** A client's limits asked without a choice: the session's credential is known. */
  | { readonly type: 'store-admit'; readonly id: number; readonly request: AdmissionRequest }
  | { readonly type: 'store-give'; readonly returns: readonly Return[] }
  /** Whose slots they are in a store that many hosts share: the beginning of their names. */
  | { readonly type: 'store-owner'; readonly owner: string }
  /** Requests begun since the last such message, and whether a retry is wished. */
  | { readonly type: 'store-retry'; readonly id: number; readonly requests: number; readonly wish: boolean }
  | { readonly type: 'store-pause'; readonly id: number; readonly key: CredentialKey; readonly paused: boolean }
  | { readonly type: 'store-ask-snapshot'; readonly id: number };

export type StoreToWorker =
  | { readonly type: 'store-choice'; readonly id: number; readonly choice: Choice }
  | { readonly type: 'store-verdict'; readonly id: number; readonly verdict: Verdict }
  | { readonly type: 'store-done'; readonly id: number }
  | { readonly type: 'store-retry-granted'; readonly id: number; readonly granted: boolean }
  | { readonly type: 'store-snapshot'; readonly id: number; readonly snapshot: StoreSnapshot }
  | { readonly type: 'store-rest'; readonly rest: Rest };
