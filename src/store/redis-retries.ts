/** The retry budget by way of Redis; while that is away, the worker's own share of it. */
import type { GatewayConfig } from '../config.js';
import { Pending } from './pending.js';
import type { RedisAccess } from './redis-limits.js';
import { RetryShares } from './retry-shares.js';

const SCRIPT = 'tidegateRetries';
const KEY = 'retries';

export class RedisRetries extends RetryShares {
  readonly #grants: Pending<boolean>;

  constructor({ retry, server, store }: GatewayConfig, access: RedisAccess) {
    const grants = new Pending<boolean>(store.timeout);
    super(retry.budgetPercent, server.workers, async (requests, wish, share) => {
      if (access.isAway()) return undefined;
      const call = () => access.run(SCRIPT, KEY, [requests, wish ? 1 : 0, share]);
      if (!wish) {
        call().catch(() => access.failed());
        return undefined;
      }
      const granted = await grants.ask((id) => {
        call().then(
          (told) => grants.settle(id, told === 1),
          () => grants.settle(id, undefined),
        );
        return true;
      });
      if (granted === undefined) access.failed();
      return granted;
    });
    this.#grants = grants;
  }

  /** Nobody waits any longer: Redis is known to be away. */
  giveUp(): void {
    this.#grants.giveUp();
  }

  close(): void {
    this.#grants.close();
  }
}
