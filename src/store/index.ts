/** Which store for which process: one line each. */
import type { GatewayConfig } from '../config.js';
import type { StoreToWorker } from '../messages.js';
import { EmbeddedStore } from './embedded.js';
import { inProcessStore } from './in-process.js';
import { OverIpcStore } from './over-ipc.js';
import type { PrimaryLink, PrimaryStore } from './primary-link.js';
import { slotOwner } from './slot-names.js';
import type { RestListener, Store } from './store.js';

/** The stores of one configuration, one for each kind of process. */
export interface StoreMaker {
  /** For a worker. `onRest` hears of every rest that any worker starts or ends. */
  worker(link: PrimaryLink, onRest?: RestListener): Store;
  /** For the primary: `broadcast` reaches every worker; hand workers' store messages to `answer`, and `greet` each new worker. */
  primary(broadcast: (message: StoreToWorker) => void): PrimaryStore;
  /** For `--workers 0`. */
  single(onRest?: RestListener): Store;
}

/** ioredis is loaded only where the configuration names a server: 0.4 MB that another start need not read. */
export async function createStoreMaker(config: GatewayConfig): Promise<StoreMaker> {
  const { url } = config.store;
  if (url === undefined) return embeddedStores(config);
  const { RedisStore } = await import('./redis.js');
  return {
    worker: (link, onRest) => {
      link.send({ type: 'store-owner', owner: slotOwner() });
      return new RedisStore(config, url, onRest);
    },
    primary: () => new RedisStore(config, url, undefined, false),
    single: (onRest) => new RedisStore(config, url, onRest),
  };
}

function embeddedStores(config: GatewayConfig): StoreMaker {
  return {
    worker: (link, onRest) => new OverIpcStore(config, link, onRest),
    primary: (broadcast) => new EmbeddedStore(config, broadcast),
    single: (onRest) => inProcessStore(config, onRest),
  };
}
