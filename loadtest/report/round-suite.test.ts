import { test } from 'tap';
import type { RunResult } from '../result.js';
import { curveChart } from './charts/curve-chart.js';
import { runCharts } from './charts/run-charts.js';
import { makeSummary } from './report.js';
import { roundSuite } from './round-suite.js';
import { SAMPLE_ENVIRONMENT, sampleRun } from './testing.js';

/** A run that an independent look finds nothing wrong with. */
function soundRun(): RunResult {
  const run = sampleRun('cluster ×4');
  return { ...run, counts: { ...run.counts, sent: 8500, ok: 8500, timeout: 0 } };
}

test('a plain round becomes a suite of one: figures beside the published ones, thresholds as checks', async (t) => {
  const thresholds = [{ promise: 'ttft p(95) < 300 ms', ok: true, actual: '209 ms' }];
  const summary = { ...makeSummary(SAMPLE_ENVIRONMENT, [soundRun()]), thresholds, command: 'npm run loadtest -- -u 1000' };
  const suite = roundSuite(summary);
  const [scenario] = suite.scenarios;
  t.equal(suite.command, 'npm run loadtest -- -u 1000');
  t.match(scenario, { name: 'round-2', outcome: 'pass', source: 'seed 000, round 2' });
  t.equal(scenario?.checks[0]?.promise, 'ttft p(95) < 300 ms');
  t.match(
    scenario?.figures.find(({ name }) => name === 'rps.cluster ×4'),
    { value: 8500 / 75, published: 'Go 138.56 · Node.js 79.05' },
  );
});

test('a threshold that was not kept fails the round, numbers that must not be used make it invalid', async (t) => {
  const thresholds = [{ promise: 'x', ok: false, actual: '1' }];
  t.equal(roundSuite({ ...makeSummary(SAMPLE_ENVIRONMENT, [soundRun()]), thresholds }).scenarios[0]?.outcome, 'fail');
  const late = { ...soundRun(), generator: { processes: 1, elu: 0.99, loopDelayP99: 1, cpu: 1 } };
  const [invalid] = roundSuite(makeSummary(SAMPLE_ENVIRONMENT, [late])).scenarios;
  t.match(invalid, { outcome: 'invalid', reason: /saturated/ });
});

test('an old summary, without command, curves or recent times, still has a report', async (t) => {
  const old = soundRun();
  delete old.curves;
  for (const sample of old.samples) {
    delete sample.recent;
    delete sample.failures;
  }
  const suite = roundSuite(makeSummary(SAMPLE_ENVIRONMENT, [old]));
  t.match(suite.command, /--vus 1000 --duration 60s --credentials 500 --target cluster --workers 4 --seed 7/);
  t.strictSame(
    runCharts(old).map(({ title }) => title),
    ['Throughput and in flight', 'CPU', 'Memory of the gateway'],
  );
});

test('charts say what happened in each second, and two samples close together make no spike', async (t) => {
  const run = soundRun();
  run.samples = [9, 10, 10.01, 11].map((at) => ({ ...run.samples[20]!, at, ok: at * 100, failed: 0 }));
  const [throughput] = runCharts(run);
  t.strictSame(
    throughput?.series[0]?.points.map(([at, rate]) => [at, Math.round(rate ?? 0)]),
    [
      [10, 100],
      [11, 100],
    ],
  );
});

test('on the axis of nines each mark is ten times rarer, and the slowest has a place', async (t) => {
  const run = {
    ...soundRun(),
    curves: {
      ttft: [
        [0, 10],
        [90, 20],
        [99, 40],
        [100, 90],
      ] as [number, number][],
    },
  };
  const chart = curveChart([run]);
  t.strictSame(
    chart?.series[0]?.points.map(([x, y]) => [Number(x.toFixed(6)), y]),
    [
      [0, 10],
      [1, 20],
      [2, 40],
      [2.1, 90],
    ],
  );
  t.equal(curveChart([{ ...run, curves: undefined }]), undefined);
});
