/** A redis-server of the test's own: what the catalogue of faults uses too. */
export { RedisProcess as TestRedis, startRedis } from '../../loadtest/faults/redis/redis-process.js';
