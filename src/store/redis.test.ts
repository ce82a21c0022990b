import { t as tap } from 'tap';
import { startRedis } from '../../test/helpers/redis.js';
import { storeContract } from './contract.js';
import { limitsContract } from './contract-limits.js';
import { localWorker } from './contract-local.js';
import type { ContractSubject } from './contract-subject.js';
import { RedisStore } from './redis.js';

const redis = await startRedis();
tap.teardown(() => redis.kill());

const subject: ContractSubject = {
  name: 'redis',
  open: async (config) => {
    await redis.command('FLUSHALL');
    const stores = Array.from({ length: 3 }, () => new RedisStore(config, redis.url));
    await Promise.all(stores.map((store) => store.ready));
    return {
      workers: stores.map(localWorker),
      configure: async (next) => {
        for (const store of stores) store.configure(next);
      },
      close: async () => {
        await Promise.all(stores.map((store) => store.close()));
      },
    };
  },
};

storeContract(subject);
limitsContract(subject);
