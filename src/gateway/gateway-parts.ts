/** What every request shares within a worker; built once by `http/service.ts`. */
import type { AttemptCounts } from '../credential/attempt-counts.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Store } from '../store/store.js';
import type { OffLoop } from '../threads/piscina-pool.js';
import type { CredentialQueue } from './credential-queue.js';
import type { Deadlines } from './deadlines.js';
import type { UpstreamTable } from './upstream-table.js';

export interface GatewayParts {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly upstreams: UpstreamTable;
  readonly deadlines: Deadlines;
  readonly attempts: AttemptCounts;
  /** Who waits for a slot of a credential. */
  readonly queue: CredentialQueue;
  /** Absent: everything is done on the event loop. */
  readonly threads?: OffLoop;
}
