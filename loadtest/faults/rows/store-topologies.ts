/** S: a Redis of several servers loses the one that holds our keys. */
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, equal } from '../expect.js';
import { startClusterGroup } from '../redis/cluster-group.js';
import { startSentinelGroup } from '../redis/sentinel-group.js';
import { StoreTrial } from '../redis/store-trial.js';
import { type FaultRow, type Finding, pass } from '../row.js';

/** A key of ours: all have its slot. */
const ANY_KEY = '{tidegate}:turns';
/** From the moment that the new master takes writes. */
const HEALS_WITHIN_MS = 5_000;
/** A timer on a busy machine fires late; told apart here are a bound of 100 ms and waiting for Redis. */
const WAIT_BOUND_MS = 250;

/** The fault itself: strikes, and resolves when the group serves again. */
type Failover = () => Promise<void>;

async function judge(trial: StoreTrial, failover: Failover): Promise<Finding> {
  await trial.warm();
  trial.begin();
  await sleep(700);
  const before = performance.now();
  await failover();
  const backAt = performance.now();
  const healed = await trial.untilHealed();
  await sleep(500);
  const report = await trial.end();
  atMost(healed, HEALS_WITHIN_MS, 'ms until the store was used again');
  equal(trial.keyChanges, 0, 'known sessions that changed their credential');
  const waited = await trial.longestWait();
  atMost(waited, WAIT_BOUND_MS, 'ms that a request waited for the store');
  const spread = await trial.exactTurns();
  return pass('nothing lost; sessions stayed; turns exact again', {
    ...trial.figures(report),
    'failover s': (backAt - before) / 1000,
    'healed ms': Math.round(healed),
    'store wait <= ms': waited,
    'turns differ by': spread,
    alone: await trial.fallbacks(),
  });
}

function sentinelRow(id: string, title: string, how: 'kill' | 'freeze'): FaultRow {
  return {
    id,
    title,
    promise: 'Two gateways: no request lost or held up, known sessions keep their credential, the new master is used within 5 s.',
    length: 'quick',
    needs: ['own-gateway', 'redis', 'linux'],
    alone: true,
    boundSeconds: 120,
    async run(bench) {
      const group = await startSentinelGroup();
      bench.onEnd(() => group.stop());
      const trial = await StoreTrial.start(bench, {
        id: id.toLowerCase(),
        url: group.url,
        servers: [await group.master()],
        gateways: 2,
      });
      return judge(trial, async () => {
        const old = await group.master();
        if (how === 'kill') await old.kill();
        else old.freeze();
        await group.failedOver(old);
      });
    },
  };
}

function clusterRow(id: string, title: string, how: 'kill' | 'freeze'): FaultRow {
  return {
    id,
    title,
    promise:
      'Two gateways: no request lost or held up, known sessions keep their credential, the new primary is used within 5 s.',
    length: 'quick',
    needs: ['own-gateway', 'redis', 'linux'],
    alone: true,
    boundSeconds: 120,
    async run(bench) {
      const group = await startClusterGroup();
      bench.onEnd(() => group.stop());
      const trial = await StoreTrial.start(bench, { id: id.toLowerCase(), url: group.url, servers: group.servers, gateways: 2 });
      return judge(trial, async () => {
        const old = await group.holder(ANY_KEY);
        if (how === 'kill') await old.kill();
        else old.freeze();
        await group.failedOver(ANY_KEY, old);
      });
    },
  };
}

export const STORE_TOPOLOGY_ROWS: readonly FaultRow[] = [
  sentinelRow('S15', 'Sentinel: the master is killed under load', 'kill'),
  sentinelRow('S16', 'Sentinel: the master freezes under load', 'freeze'),
  clusterRow('S17', 'Cluster: the primary of our slot is killed under load', 'kill'),
  clusterRow('S18', 'Cluster: the primary of our slot freezes under load', 'freeze'),
];
