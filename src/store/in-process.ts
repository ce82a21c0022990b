/** The store of `--workers 0`: the same ledger, nobody to ask and nobody to tell. */
import type { GatewayConfig } from '../config.js';
import { EmbeddedStore } from './embedded.js';
import type { RestListener } from './store.js';

/** `onRest` hears of rests as every worker of a cluster would. */
export function inProcessStore(config: GatewayConfig, onRest: RestListener = () => {}, now?: () => number): EmbeddedStore {
  return new EmbeddedStore(config, (message) => message.type === 'store-rest' && onRest(message.rest), now);
}
