/** SIGUSR2 under load: all workers are replaced, no request fails, no stream is cut, sessions stay. */
import { failures } from '../engine/counts.js';
import { describeErrors, figuresOf } from '../report/figures.js';
import type { RunPlan, RunResult } from '../result.js';
import { atLeast, atMost, exactly } from '../thresholds/checks.js';
import type { Findings } from './findings.js';
import type { Scenario, Stage } from './scenario.js';
import { workersOf } from './tools/admin.js';
import { figure } from './tools/figures.js';
import { countsOnly, latencyRows } from './tools/run-figures.js';
import { until } from './tools/until.js';

/** Streams at a fifth of their time last 3.5 s at most: a worker leaves when its last one is over. */
const PACES: Readonly<Record<Stage['pace'], Partial<RunPlan> & { restarts: number }>> = {
  quick: { vus: 100, durationSeconds: 12, timeScale: 0.2, idleSeconds: 1, restarts: 1 },
  full: { vus: 500, durationSeconds: 120, timeScale: 0.5, restarts: 3 },
};
/** Before the first, so that every worker has streams. */
const FIRST_AFTER_MS = 2_000;
const REPLACED_WITHIN_MS = 90_000;

export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  title: 'all workers replaced by SIGUSR2 under load: nothing fails, nothing is cut, sessions stay',
  source: 'resilience: rolling restart',
  seconds: { quick: 40, full: 320 },
  run: rollingRestartOn,
};

/** What became of the processes. */
interface Replaced {
  asked: number;
  /** Restarts after which no worker was one of those before. */
  done: number;
  /** Seconds that the longest took. */
  seconds: number;
}

async function rollingRestartOn(stage: Stage): Promise<Findings> {
  const { restarts, ...plan } = PACES[stage.pace];
  const replaced: Replaced = { asked: restarts, done: 0, seconds: 0 };
  const credentials = 20;
  stage.say('restarts under load');
  const through = await stage.measure(
    { ...plan, credentials, target: 'cluster' },
    { duringLoad: (gateway) => restartAll(stage, gateway, replaced) },
  );
  stage.progress(0.6);
  stage.say('the same load past the gateway');
  const past = await stage.measure({
    ...plan,
    credentials,
    target: 'direct',
    durationSeconds: Math.min(20, (plan.durationSeconds ?? 12) / 2),
  });
  return findingsOf(through, past, replaced);
}

async function restartAll(stage: Stage, gateway: { pid: number; adminOrigin?: string }, replaced: Replaced): Promise<void> {
  await until(() => stage.interrupt.aborted, FIRST_AFTER_MS);
  for (let round = 1; round <= replaced.asked && !stage.interrupt.aborted; round++) {
    const admin = gateway.adminOrigin ?? '';
    const before = new Set((await workersOf(admin)).map(({ pid }) => pid));
    const began = performance.now();
    process.kill(gateway.pid, 'SIGUSR2');
    const isDone = await until(async () => {
      const now = await workersOf(admin);
      const ready = now.filter(({ pid, state }) => state === 'ready' && !before.has(pid));
      return stage.interrupt.aborted || (ready.length >= before.size && now.every(({ pid }) => !before.has(pid)));
    }, REPLACED_WITHIN_MS);
    if (isDone) replaced.done++;
    replaced.seconds = Math.max(replaced.seconds, (performance.now() - began) / 1000);
  }
}

function findingsOf(through: RunResult, past: RunResult, { asked, done, seconds }: Replaced): Findings {
  const { counts, mock } = through;
  const validity = countsOnly([through, past]);
  return {
    checks: [
      exactly('restarts after which every worker was a new one', done, asked),
      exactly('requests that failed or were cut', failures(counts), 0, '', describeErrors(through)),
      exactly('streams whole', counts.ok, counts.sent),
      atLeast('streams', counts.ok, through.plan.vus, '', 'each user at least one'),
      atLeast('sessions that came to the mock', mock?.sessions, through.plan.vus, '', 'each user at least one'),
      exactly('sessions that changed their credential', mock?.sessionKeyChanges, 0),
      atMost(
        'latency P50 over that past the gateway',
        ratio(through, past, 'p50'),
        1.5,
        'x',
        'streams are paced: they must not wait',
      ),
    ],
    figures: [
      figure('failed', 'requests that failed or were cut', '', 'gateway', failures(counts), { better: 'lower' }),
      figure('failed', 'requests that failed or were cut', '', 'direct', failures(past.counts)),
      figure('streams', 'streams', '', 'gateway', counts.sent),
      figure('restart_seconds', 'until the last old worker was gone, longest', 's', 'gateway', seconds, { better: 'lower' }),
      ...latencyRows(through, 'gateway'),
      ...latencyRows(past, 'direct'),
    ],
    runs: [through, past],
    notes: [
      ...validity.notes,
      'A worker that is relieved takes no new connections and leaves when its last stream is over; users keep their connections.',
    ],
    invalid: validity.invalid,
  };
}

function ratio(through: RunResult, past: RunResult, name: 'p50' | 'p99'): number {
  return (figuresOf(through)[name] ?? Number.NaN) / (figuresOf(past)[name] ?? Number.NaN);
}
