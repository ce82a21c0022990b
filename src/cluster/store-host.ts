/** The embedded store's state as the cluster sees it: it lives in the primary and answers what workers ask. */
import type { GatewayConfig } from '../config.js';
import type { StoreToPrimary } from '../messages.js';
import type { WorkerLink } from './worker-link.js';

export interface StoreHost {
  configure(config: GatewayConfig): void;
  /** A worker serves from now on: it wants to know what rests. */
  welcome(link: WorkerLink): void;
  handle(link: WorkerLink, message: StoreToPrimary): void;
  /** The worker is gone: nothing more to tell it. */
  forget(link: WorkerLink): void;
  close(): void;
}
