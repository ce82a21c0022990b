import { test } from 'tap';
import { makeSummary } from '../report/report.js';
import type { GroupSample, RunResult, Summary } from '../result.js';
import { madeRecord } from '../scaling/testing.js';
import { runFromLoadtest } from './from-loadtest.js';
import { sampleRun } from './sample-run.js';

/** A valid run of 100 streams in 10 s whose gateway used `cpuSeconds`. */
function runOf(target: string, cpuSeconds: number, changes: Partial<RunResult> = {}): RunResult {
  const gateway = (at: number): GroupSample => ({
    ...{ cpuPercent: at <= 0 ? 0 : cpuSeconds * 10, cpuSeconds: at <= 0 ? 0 : cpuSeconds },
    ...{ rss: 1e8, pss: 1e8, fds: 10, threads: 5, processes: 1 },
  });
  const counts = { ok: 100, sent: 100, done: 100, steadyOk: 100, incomplete: 0, truncated: 0, timeout: 0, connect: 0 };
  return {
    plan: { target, label: target, vus: 1000, durationSeconds: 10, warmupSeconds: 0, workers: 4, credentials: 500 },
    ...{ startedAt: '2026-11-21T09:00:00.000Z', interrupted: false, durations: {}, untilLastEnd: 10, steadySeconds: 10 },
    counts: {
      ...counts,
      http: {},
      causes: {},
      streamError: 0,
      events: 0,
      eventsOfOk: 0,
      contentEvents: 0,
      httpChunks: 0,
      bytes: 0,
    },
    generator: { processes: 1, elu: 0.1, loopDelayP99: 1, cpu: 0.1 },
    samples: [-1, 0, 5, 10].map((at) => ({
      at,
      phase: at < 0 ? 'idle' : 'load',
      gateway: gateway(at),
      stealPercent: 0,
      listenOverflows: 0,
    })),
    throughGateway: true,
    ...changes,
  } as unknown as RunResult;
}

function summaryOf(...runs: RunResult[]): Summary {
  return makeSummary(sampleRun().machine, runs);
}

test('the row on round 2 is the ratio of both, repeat by repeat', async (t) => {
  const summary = summaryOf(runOf('cluster', 2), runOf('conventional', 4), runOf('cluster', 4), runOf('conventional', 8));
  const run = runFromLoadtest(summary, 'summary.json');
  t.match(run.figures, [{ id: 'rps-per-cpu', value: { median: 2, lowest: 2, highest: 2, rounds: 2 } }]);
  t.equal(run.startedAt, '2026-11-21T09:00:00.000Z');
});

test('an interrupted run counts for nothing, and neither does the one that it is paired with', async (t) => {
  const summary = summaryOf(
    runOf('cluster', 2, { interrupted: true }),
    runOf('conventional', 4),
    runOf('cluster', 4),
    runOf('conventional', 4),
  );
  t.match(runFromLoadtest(summary, 'x').figures[0]?.value, { median: 1, rounds: 1 });
});

test('a summary without the conventional process is refused with its name', async (t) => {
  t.throws(() => runFromLoadtest(summaryOf(runOf('cluster', 2)), 'some.json'), /some\.json does not hold .* conventional/);
});

const ONE = { target: 'cluster', workers: 1, share: 0.15, users: 100, chunks: 5000, rps: 54, cpus: [0.005, 0.145] } as const;
const FOUR = { ...ONE, workers: 4, users: 400, chunks: 19_000, rps: 205, cpus: [0.02, 0.145, 0.145, 0.14, 0.14] };
const made = (point: typeof ONE | typeof FOUR) => ({ ...point, cpus: [...point.cpus] });

test('the scaling rows are throughput of k workers over k times one', async (t) => {
  const run = runFromLoadtest(madeRecord([made(ONE), made(FOUR)]), 'scaling.json');
  t.match(run.figures, [{ id: 'scaling-4', value: { median: 0.95, rounds: 1 } }]);
  t.same(run.problems, []);
});

test('a point that is no measurement gives no figure and is told', async (t) => {
  const loose = { ...made(FOUR), workers: 2, cpus: [0.001, 0.05, 0.05] };
  const run = runFromLoadtest(madeRecord([made(ONE), loose, made(FOUR)]), 'scaling.json');
  t.same(
    run.figures.map((figure) => figure.id),
    ['scaling-4'],
  );
  t.match(run.problems, [/2 workers: .*did not bind/]);
  t.throws(() => runFromLoadtest(madeRecord([loose]), 'x.json'), /x\.json holds no valid points/);
});
