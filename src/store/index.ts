/** Which store for which process: one line each. */
import type { GatewayConfig } from '../config.js';
import type { StoreToWorker } from '../messages.js';
import { EmbeddedStore } from './embedded.js';
import { inProcessStore } from './in-process.js';
import { OverIpcStore } from './over-ipc.js';
import type { PrimaryLink, PrimaryStore } from './primary-link.js';
import { RedisStore } from './redis.js';
import type { RestListener, Store } from './store.js';

/** For a worker. `onRest` hears of every rest that any worker starts or ends. */
export function createWorkerStore(config: GatewayConfig, link: PrimaryLink, onRest?: RestListener): Store {
  if (config.store.url !== undefined) return new RedisStore(config, config.store.url, onRest);
  return new OverIpcStore(config, link, onRest);
}

/** For the primary: `broadcast` reaches every worker; hand workers' store messages to `answer`, and `greet` each new worker. */
export function createPrimaryStore(config: GatewayConfig, broadcast: (message: StoreToWorker) => void): PrimaryStore {
  return config.store.url === undefined ? new EmbeddedStore(config, broadcast) : new RedisStore(config, config.store.url);
}

/** For `--workers 0`. */
export function createSingleStore(config: GatewayConfig, onRest?: RestListener): Store {
  return config.store.url === undefined ? inProcessStore(config, onRest) : new RedisStore(config, config.store.url, onRest);
}
