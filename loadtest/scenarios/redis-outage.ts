/** A real Redis is killed under load and comes back, empty: no request fails, sessions keep their key, the state heals by itself. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { failures } from '../engine/counts.js';
import { type RedisProcess, startRedis } from '../faults/redis/redis-process.js';
import { describeErrors } from '../report/figures.js';
import type { RunPlan, RunResult } from '../result.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { metricOf } from './tools/admin.js';
import { figure } from './tools/figures.js';
import { countsOnly, latencyRows } from './tools/run-figures.js';
import { until } from './tools/until.js';

const PACES: Readonly<Record<Stage['pace'], Partial<RunPlan> & { awaySeconds: number }>> = {
  quick: { vus: 60, durationSeconds: 14, timeScale: 0.1, idleSeconds: 1, awaySeconds: 4 },
  full: { vus: 300, durationSeconds: 120, timeScale: 0.3, awaySeconds: 30 },
};
const FIRST_AFTER_MS = 2_500;
/** Probes come every 250 to 750 ms; a metric is asked of every worker of a busy machine. */
const CHANGE_WITHIN_MS = 30_000;
const AFTER_HEALING_MS = 2_000;
const CREDENTIALS = 20;

export const redisOutage: Scenario = {
  name: 'redis-outage',
  title: 'Redis killed under load and back again, empty: nothing fails, sessions keep their key',
  source: 'resilience: Redis outage',
  seconds: { quick: 45, full: 320 },
  run: async (stage) => {
    const lack = ['redis-server', 'redis-cli'].find((name) => spawnSync(name, ['--version']).status !== 0);
    if (lack !== undefined) return { checks: [], figures: [], skipped: `no ${lack} on this machine` };
    const redis = await startRedis();
    // Whoever leaves at once (the second Ctrl-C) takes it along.
    const end = (): unknown => redis.kill();
    process.once('exit', end);
    try {
      return await outageOn(stage, redis);
    } finally {
      process.off('exit', end);
      await redis.kill();
    }
  },
};

/** What was seen of the store. */
interface Outage {
  noticedMs: number;
  healedMs: number;
  /** Choices made without the store. */
  alone: number;
}

async function outageOn(stage: Stage, redis: RedisProcess): Promise<Findings> {
  const { awaySeconds, ...plan } = PACES[stage.pace];
  const outage: Outage = { noticedMs: Number.POSITIVE_INFINITY, healedMs: Number.POSITIVE_INFINITY, alone: 0 };
  const config = { store: { url: redis.url } };
  stage.say('Redis killed and back under load');
  const through = await stage.measure(
    { ...plan, credentials: CREDENTIALS, target: 'cluster' },
    { config, duringLoad: (gateway) => strike(stage, redis, gateway.adminOrigin ?? '', awaySeconds, outage) },
  );
  stage.progress(0.6);
  stage.say('the same load with Redis all the time');
  const durationSeconds = Math.min(30, (plan.durationSeconds ?? 14) / 3);
  const calm = await stage.measure({ ...plan, durationSeconds, credentials: CREDENTIALS, target: 'cluster' }, { config });
  return findingsOf(through, calm, outage, awaySeconds);
}

async function strike(stage: Stage, redis: RedisProcess, admin: string, seconds: number, outage: Outage): Promise<void> {
  await until(() => stage.interrupt.aborted, FIRST_AFTER_MS);
  const killedAt = performance.now();
  await redis.kill();
  if (await until(async () => (await metricOf(admin, 'tidegate_store_degraded')) > 0, CHANGE_WITHIN_MS))
    outage.noticedMs = performance.now() - killedAt;
  await until(() => stage.interrupt.aborted, seconds * 1000);
  await redis.restart();
  const backAt = performance.now();
  if (await until(async () => (await metricOf(admin, 'tidegate_store_degraded')) === 0, CHANGE_WITHIN_MS))
    outage.healedMs = performance.now() - backAt;
  outage.alone = await metricOf(admin, 'tidegate_store_fallbacks_total');
  await sleep(AFTER_HEALING_MS);
}

function findingsOf(through: RunResult, calm: RunResult, outage: Outage, seconds: number): Findings {
  const { counts, mock } = through;
  const validity = countsOnly([through, calm]);
  const lower = { better: 'lower' } as const;
  return {
    checks: [
      exactly('requests that failed', failures(counts), 0, '', describeErrors(through)),
      atLeast('requests', counts.ok, 2 * through.plan.vus),
      atLeast('sessions that came to the mock', mock?.sessions, through.plan.vus, '', 'each user at least one'),
      exactly('sessions that changed their credential', mock?.sessionKeyChanges, 0),
      atMost('until the gateway said that Redis is away', outage.noticedMs, CHANGE_WITHIN_MS, 'ms'),
      atMost('until it was used again', outage.healedMs, CHANGE_WITHIN_MS, 'ms'),
      atLeast('choices made without Redis', outage.alone, 1, '', 'else the outage met nobody'),
      exactly('requests of the calm run that failed', failures(calm.counts), 0, '', describeErrors(calm)),
    ],
    figures: [
      figure('failed', 'requests that failed', '', 'gateway', failures(counts), lower),
      figure('requests', 'requests', '', 'gateway', counts.sent),
      figure('noticed', 'until the gateway said that Redis is away', 'ms', 'gateway', outage.noticedMs, lower),
      figure('healed', 'until Redis was used again', 'ms', 'gateway', outage.healedMs, lower),
      figure('alone', 'choices made without Redis', '', 'gateway', outage.alone),
      ...latencyRows(through, 'outage'),
      ...latencyRows(calm, 'calm'),
    ],
    runs: [through, calm],
    notes: [
      ...validity.notes,
      `Redis is away for ${seconds} s and comes back empty; each worker goes on with what it knows and tells it again.`,
      'Past the gateway there is no Redis: the control is the same load with Redis all the time.',
    ],
    invalid: validity.invalid,
  };
}
