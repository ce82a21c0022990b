/** One request on its way: each stage fills in its part, `account` reads it at the end. */
import type { ModelConfig } from '../config.js';
import type { RequestOutcome } from '../metrics/record.js';
import type { RoutingFields } from '../protocol/protocol.js';
import type { Usage } from '../usage.js';
import type { Admission } from './admission.js';
import type { Caller } from './authenticate.js';
import type { ClientExchange } from './client-exchange.js';
import type { Route } from './route.js';
import type { Snapshot } from './snapshot.js';
import type { TrailEntry } from './trail.js';

export interface RequestContext {
  readonly requestId: string;
  readonly route: Route;
  readonly client: ClientExchange;
  /** The configuration this request began under, and ends under. */
  readonly snapshot: Snapshot;
  /** `performance.now()` at accept. */
  readonly startedAt: number;

  /** AUTHENTICATE */
  caller?: Caller;
  /** READ and PARSE; the body is let go once an answer has begun. */
  body?: Buffer;
  fields?: RoutingFields;
  model?: ModelConfig;
  session?: string;
  /** Of a client with limits. */
  admission?: Admission;

  /** CHOOSE and RELAY */
  attempts: number;
  /** The fallback that is asked instead of `model`, once it is. */
  served?: ModelConfig;
  /** Only where callers may see it (`server.exposeAttempts`, `server.trailComment`). */
  trail?: TrailEntry[];
  upstream?: string;
  credential?: string;
  /** The client's fields that the upstream was not told of, by the client's own names. */
  dropped?: readonly string[];

  /** What the client got. */
  status: number;
  outcome: RequestOutcome;
  firstTokenAt?: number;
  usage?: Usage;
}
