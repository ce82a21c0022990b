import { test } from 'tap';
import { noCounts } from '../engine/counts.js';
import type { GroupSample, RunResult } from '../result.js';
import { compareRuns } from './comparison.js';
import { makeSummary, renderReport } from './report.js';
import { spreadOf, spreadText } from './spread.js';

const MB = 2 ** 20;
const environment = {
  ...{ node: 'v20', commit: 'abc', cores: 2, cpuModel: 'x', memoryBytes: 1, kernel: '6', platform: 'linux' },
};
const LABELS: Record<string, string> = { cluster: 'cluster ×4', conventional: 'conventional', go: 'Go reference' };

/** A run of round 2 whose gateway took so many CPU-seconds for 1,000,000 chunks. */
function runOf(target: string, repeat: number, cpuSeconds: number, change: (run: RunResult) => void = () => {}): RunResult {
  const gateway = (seconds: number): GroupSample => ({
    ...{ cpuPercent: seconds, cpuSeconds: seconds, rss: 200 * MB, pss: 100 * MB, fds: 10, threads: 5, processes: 1 },
  });
  const rest = { generatorElu: 0.3, stealPercent: 0, listenOverflows: 0, inFlight: 0, ok: 0, failed: 0, events: 0, p95: 1 };
  const run: RunResult = {
    plan: {
      ...{ label: LABELS[target] ?? target, target, repeat, vus: 1000, credentials: 500, durationSeconds: 120, warmupSeconds: 0 },
      ...{ rampSeconds: 2, thinkMs: [0, 0], graceSeconds: 60, idleSeconds: 10, timeoutSeconds: 120, workers: 4 },
      ...{ model: 'mock-round', seed: 0, timeScale: 1, generators: 2 },
    },
    ...{ startedAt: '2026-11-21T00:00:00.000Z', interrupted: false, untilLastEnd: 100, steadySeconds: 100 },
    counts: { ...noCounts(), sent: 10_000, ok: 10_000, done: 10_000, events: 1_000_000, eventsOfOk: 1_000_000, steadyOk: 10_000 },
    durations: { latency: { count: 1, min: 1, mean: 1, p50: 1, p90: 1, p95: 15_000, p99: 1, max: 1 } },
    generator: { processes: 2, elu: 0.3, loopDelayP99: 2, cpu: 0.5 },
    samples: [
      { at: -1, phase: 'idle', gateway: gateway(0), ...rest },
      { at: -0.5, phase: 'idle', gateway: gateway(0), ...rest },
      { at: 1, phase: 'load', gateway: gateway(cpuSeconds), ...rest },
    ],
    throughGateway: true,
  };
  change(run);
  return run;
}

/** Three repeats on a machine that is twice as slow in the second. */
function threeRepeats(change?: (run: RunResult) => void): RunResult[] {
  return [1, 2, 3].flatMap((repeat) => {
    const slow = repeat === 2 ? 2 : 1;
    const cluster = runOf('cluster', repeat, 40 * slow + repeat, repeat === 2 ? change : undefined);
    return [cluster, runOf('conventional', repeat, 80 * slow + 2 * repeat), runOf('go', repeat, 20 * slow + repeat / 2)];
  });
}

test('the middle and both ends of repeated values', async (t) => {
  t.strictSame(spreadOf([3, 1, 2]), { median: 2, lowest: 1, highest: 3 });
  t.strictSame(spreadOf([4, 1, 2, 3]), { median: 2.5, lowest: 1, highest: 4 });
  t.equal(spreadOf([]), undefined);
  t.equal(spreadText({ median: 2, lowest: 1, highest: 3 }, 1), '2.0 (1.0–3.0)');
  t.equal(spreadText({ median: 2, lowest: 2, highest: 2 }, 1), '2.0');
  t.equal(spreadText(undefined, 1), '–');
});

test('each target has medians with their ends, and ratios within a repeat, whatever the machine did between', async (t) => {
  const [cluster, conventional, go] = compareRuns(threeRepeats())!.targets;
  t.strictSame(cluster?.figures.cpuPerThousandEvents, { median: 0.043, lowest: 0.041, highest: 0.082 });
  t.strictSame(conventional?.overMain.cpuPerThousandEvents, { median: 2, lowest: 2, highest: 2 });
  t.strictSame(cluster?.overGo.cpuPerThousandEvents, { median: 2, lowest: 2, highest: 2 });
  t.strictSame(go?.overGo.cpuPerThousandEvents, { median: 1, lowest: 1, highest: 1 });
  t.strictSame(conventional?.overGo.rpsPerAverageCpu, { median: 0.25, lowest: 0.25, highest: 0.25 });
  t.equal(compareRuns([runOf('cluster', 1, 1)]), undefined, 'one run is compared with nothing');
});

test('a run that must not be used is left out and named, as long as there are others', async (t) => {
  const summary = makeSummary(
    environment,
    threeRepeats((run) => Object.assign(run.generator, { elu: 0.99 })),
  );
  const [cluster] = summary.comparison!.targets;
  t.match(cluster, { runs: 3, used: 2, isSound: true });
  t.match(cluster?.figures.cpuPerThousandEvents, { lowest: 0.041, highest: 0.043 });
  t.strictSame(summary.invalid, [], 'what is printed may be used');
  t.match(summary.warnings.join('\n'), /cluster ×4, run 2: left out: the load generator was saturated/);
  t.match(renderReport(summary), /cluster ×4 .* 2 of 3\n/);
});

test('a target without a valid run makes the comparison invalid', async (t) => {
  const runs = threeRepeats();
  for (const run of runs) if (run.plan.target === 'go') run.generator.elu = 0.99;
  const summary = makeSummary(environment, runs);
  t.match(summary.invalid.join('\n'), /Go reference, run 1; Go reference, run 2; Go reference, run 3: the load generator/);
  t.match(renderReport(summary), /Go reference .* 3, not valid\n/);
  const interrupted = makeSummary(environment, [
    runOf('cluster', 1, 40),
    runOf('go', 1, 20, (run) => Object.assign(run, { interrupted: true })),
  ]);
  t.match(interrupted.comparison?.targets[1], { isSound: false }, 'half a run is no figure');
});

test('the comparison is printed with spreads, ratios and the published columns, which have their own ratio', async (t) => {
  const text = renderReport(makeSummary(environment, threeRepeats(), ['something about all runs']));
  const lines = text.split('\n');
  const block = (title: string): string[] => lines.slice(lines.findIndex((line) => line.startsWith(title)));
  const cpu = block('CPU-seconds per 1,000 chunks');
  t.match(cpu[0], /median \(lowest–highest\) +÷ cluster ×4 +÷ Go reference +runs/);
  t.match(cpu[2], /^cluster ×4 +0\.0430 \(0\.0410–0\.0820\) +1\.00 +2\.00 +3$/);
  t.match(cpu[3], /^conventional +0\.0860 \(0\.0820–0\.1640\) +2\.00 +4\.00 +3$/);
  const efficiency = block('RPS per 1 % server CPU').slice(5, 7);
  t.match(efficiency[0], /^Go \(published\) +5\.18 +1\.00$/);
  t.match(efficiency[1], /^Node\.js \(published\) +3\.50 +0\.68$/);
  t.match(text, /Traffic +cluster ×4 +conventional +Go reference +Go \(published\)/, 'the tables of the round hold the medians');
  t.equal(lines.filter((line) => /^(cluster ×4|conventional|Go reference), run [123] .*valid$/.test(line)).length, 9);
  t.match(text, /warning: something about all runs/);
});

test('what is true of all runs is said once', async (t) => {
  const runs = threeRepeats();
  for (const run of runs) run.plan.timeScale = 0.5;
  const { warnings } = makeSummary(environment, runs);
  t.equal(warnings.filter((line) => line.startsWith('time scale 0.5')).length, 1);
  t.equal(warnings.filter((line) => line.includes('time scale')).length, 1);
});

test('without a Go run there is no ratio to it', async (t) => {
  const text = renderReport(makeSummary(environment, [runOf('cluster', 1, 40), runOf('conventional', 1, 80)]));
  t.match(text, /÷ cluster ×4 +runs\n/);
  t.notMatch(text, /÷ Go/);
});
