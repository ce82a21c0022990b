/** What is counted, in plain values: the gateway fills these in, `metrics.ts` turns them into series. */
import type { Usage } from '../usage.js';

export type { Usage };

/** How a request ended. */
export type RequestOutcome =
  | 'ok'
  /** Refused or answered with an error before any content. */
  | 'error'
  /** The upstream broke off after content had gone out; the client was told in the stream. */
  | 'incomplete'
  /** The client left first. */
  | 'aborted';

/** One client request, recorded exactly once, when it is over. Times in milliseconds. */
export interface RequestRecord {
  readonly requestId: string;
  /** Route pattern such as `/v1/chat/completions`; never the raw path. */
  readonly route: string;
  /** Configured name of the client, `anonymous` when open, `unknown` when refused. */
  readonly client: string;
  /** Configured model alias (`*` for the catch-all), empty when refused before routing. */
  readonly alias: string;
  readonly stream: boolean;
  readonly status: number;
  readonly outcome: RequestOutcome;
  readonly upstream?: string;
  readonly credential?: string;
  readonly attempts: number;
  readonly duration: number;
  /** From accept to the first content byte sent to the client. */
  readonly firstToken?: number;
  readonly usage?: Usage;
  /** The client's limit that refused it. */
  readonly limitedBy?: string;
}

/** One try at one credential. */
export interface AttemptRecord {
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly alias: string;
  readonly upstream: string;
  readonly credential: string;
  readonly model: string;
  /** `ok`, `rate-limited`, `refused`, `failed`, `aborted`, `incomplete`, or `rejected` (the request itself was at fault). */
  readonly outcome: string;
  readonly status?: number;
  readonly duration: number;
  readonly sticky: boolean;
  readonly trial: boolean;
}

/** Counters and gauges bumped on the hot path as plain numbers and read when somebody asks. */
export interface Tallies {
  inFlight: number;
  streams: number;
  connections: number;
  requests: number;
  chunks: number;
  bytesToClients: number;
  heartbeats: number;
  /** Largest number of bytes ever held for one stream. */
  bufferedPeak: number;
  retriesDenied: number;
  /** Requests that wait for a place. */
  waiting: number;
  /** Requests refused because there was no place for them. */
  shed: number;
  /** Requests that wait for a slot of a credential. */
  credentialWaiting: number;
  /** Requests that have waited for one. */
  credentialWaits: number;
  /** How long they have waited, in seconds. */
  credentialWaitSeconds: number;
  /** Requests refused since too many waited, or they themselves for too long. */
  credentialWaitsRefused: number;
  /** Connections refused because there were too many. */
  connectionsRefused: number;
}
