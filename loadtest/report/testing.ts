/** A suite as data for tests and for looking at the page: every outcome, every kind of chart. Deterministic. */
import type { BaselineComparison, ComparedFigure } from '../baseline/words.js';
import { noCounts } from '../engine/counts.js';
import type { Environment, GroupSample, Phase, Quantiles, RunResult, Sample } from '../result.js';
import type { Chart, Figure, ScenarioResult, SuiteSummary } from '../scenarios/findings.js';

const MB = 2 ** 20;
export const SAMPLE_ENVIRONMENT: Environment = {
  ...{ node: 'v20.20.2', commit: 'abc1234', cores: 2, cpuModel: 'Example CPU @ 2.80 GHz', memoryBytes: 8 * 2 ** 30 },
  ...{ kernel: '6.1.0', platform: 'linux x64', go: 'go1.25.1' },
};

/** Between 0 and 1, the same for the same place. */
function noise(place: number): number {
  return Math.abs(Math.sin(place * 127.1) * 43758.5453) % 1;
}

function quantiles(middle: number, count = 140): Quantiles {
  return {
    ...{ count, min: middle * 0.4, mean: middle * 1.1, p50: middle, p90: middle * 1.8 },
    ...{ p95: middle * 2.2, p99: middle * 3.4, max: middle * 5 },
  };
}

function group(cpuPercent: number, megabytes: number, at: number): GroupSample {
  return {
    ...{ cpuPercent, cpuSeconds: Math.max(0, at) * (cpuPercent / 100), rss: megabytes * 2.4 * MB, pss: megabytes * MB },
    ...{ fds: 420, threads: 44, processes: 5 },
  };
}

function phaseAt(at: number, seconds: number): Phase {
  if (at < 0) return 'idle';
  return at < seconds ? 'load' : 'drain';
}

function sampleAt(at: number, seconds: number, failing: boolean): Sample {
  const phase = phaseAt(at, seconds);
  const rise = phase === 'idle' ? 0 : phase === 'drain' ? Math.max(0, 1 - (at - seconds) / 15) : Math.min(1, at / 4);
  const busy = phase === 'idle' ? 0 : rise;
  const wave = 1 + 0.12 * noise(at);
  const timeouts = failing && at > 20 ? Math.floor((at - 20) * 0.8) : 0;
  const refused = failing && at > 25 ? Math.floor((at - 25) * 1.4) : 0;
  return {
    ...{ at, phase, inFlight: Math.round(1000 * rise), generatorElu: 0.31, stealPercent: 0.2, listenOverflows: 0 },
    ...{
      ok: Math.max(0, Math.round(at * 140)),
      failed: timeouts + refused,
      events: Math.max(0, Math.round(at * 13_000)),
      p95: 15_100,
    },
    ...{
      gateway: group(0.6 + 96 * busy * wave, 86 + 58 * busy + noise(at + 7), at),
      mock: group(0.4 + 38 * busy * wave, 61, at),
    },
    generator: group(0.5 + 44 * busy * wave, 120, at),
    ...(busy > 0 && { recent: { ttft: quantiles(95 * wave * (at > 30 && at < 36 ? 2.2 : 1)), latency: quantiles(6400 * wave) } }),
    failures: { ...(timeouts > 0 && { timeout: timeouts }), ...(refused > 0 && { 'http 503': refused }) },
  };
}

/** A run of so many seconds of load at 1,000 users. */
export function sampleRun(label: string, { seconds = 60, failing = false, slower = 1 } = {}): RunResult {
  const samples = Array.from({ length: 10 + seconds + 15 }, (_, index) => sampleAt(index - 10, seconds, failing));
  const curve = (middle: number): [number, number][] =>
    Array.from({ length: 70 }, (_, step): [number, number] => {
      const share = 1 - 0.5 ** (step / 5);
      return [100 * share, slower * middle * (0.5 + 0.9 * share + 0.24 * (step / 5) ** 1.4)];
    });
  const durations = { latency: quantiles(6400 * slower, 8400), ttft: quantiles(95 * slower, 8400), gap: quantiles(60, 700_000) };
  return {
    plan: {
      ...{ label, target: 'cluster', repeat: 1, vus: 1000, credentials: 500, durationSeconds: seconds, warmupSeconds: 0 },
      ...{ rampSeconds: 2, thinkMs: [0, 0], graceSeconds: 60, idleSeconds: 10, timeoutSeconds: 120, workers: 4 },
      ...{ model: 'mock-round', seed: 7, timeScale: 1, generators: 2 },
    },
    ...{ startedAt: '2026-11-21T12:00:00.000Z', interrupted: false, untilLastEnd: seconds + 15, steadySeconds: seconds },
    counts: {
      ...noCounts(),
      sent: 8500,
      ok: 8400,
      timeout: 100,
      done: 8400,
      events: 780_000,
      eventsOfOk: 770_000,
      steadyOk: 8000,
    },
    durations,
    curves: { latency: curve(6400), ttft: curve(95), gap: curve(60) },
    generator: { processes: 2, elu: 0.31, loopDelayP99: 2.1, cpu: 0.44 },
    samples,
    ...{ memoryAfter: { how: 'gc', rss: 240 * MB, pss: 101 * MB }, throughGateway: true },
  };
}

const figure = (
  name: string,
  label: string,
  unit: string,
  gateway: number,
  direct: number,
  more: Partial<Figure> = {},
): Figure[] => [
  { name: `${name}.gateway`, label, unit, where: 'gateway', value: gateway, ...more },
  { name: `${name}.direct`, label, unit, where: 'direct', value: direct },
];

const RAMP: Chart = {
  ...{ title: 'Ramp: throughput and P95 against users', kind: 'line' },
  x: { label: 'users', ticks: [100, 200, 400, 800, 1600].map((users): [number, string] => [users, String(users)]) },
  y: { label: 'requests ended', unit: '1/s' },
  series: [
    {
      name: 'throughput',
      points: [
        [100, 15],
        [200, 31],
        [400, 61],
        [800, 118],
        [1600, 131],
      ],
    },
    {
      name: 'p95',
      right: { label: 'P95', unit: 'ms' },
      points: [
        [100, 15010],
        [200, 15040],
        [400, 15090],
        [800, 15400],
        [1600, 26100],
      ],
    },
    {
      name: 'measured again below',
      style: 'points',
      points: [
        [600, 92],
        [1000, 127],
      ],
    },
  ],
  marks: [{ label: 'knee', from: 800, to: 1100 }],
};

const SHARES: Chart = {
  ...{ title: 'Requests by credential', kind: 'bar', x: { label: 'credential' }, y: { label: 'requests', unit: '' } },
  names: ['key-1 (weight 5)', 'key-2 (weight 3)', 'key-3 (weight 2)'],
  series: [
    {
      name: 'counted',
      points: [
        [0, 5000],
        [1, 3000],
        [2, 2000],
      ],
    },
    {
      name: 'expected',
      points: [
        [0, 5000],
        [1, 3000],
        [2, 2000],
      ],
    },
  ],
};

const EMPTY = { checks: [], figures: [], charts: [], runs: [], notes: [], invalid: [] };

function passing(): ScenarioResult {
  return {
    ...{ ...EMPTY, name: 'streaming-throughput', number: '6', title: '1,000 streams at once: first token, gaps and CPU' },
    ...{ source: 'seed 002, scenario 6', startedAt: '2026-11-21T12:00:00.000Z', seconds: 95.2, outcome: 'pass' },
    checks: [
      { promise: 'ttft p99 <= 300 ms', ok: true, actual: '148.2 ms' },
      { promise: 'lost events == 0', ok: true, actual: '0' },
      { promise: 'CPU for 1,000 events <= 0.05 s', ok: true, actual: '0.0431 s' },
    ],
    figures: [
      ...figure('ttft_p50', 'time to first token p50', 'ms', 95.31, 94.9, { better: 'lower' }),
      ...figure('ttft_p99', 'time to first token p99', 'ms', 148.22, 143.1, { better: 'lower' }),
      ...figure('rps', 'requests a second', '1/s', 139.12, 140.02, { better: 'higher', published: 'Go 138.56 · Node.js 79.05' }),
      ...figure('lag_p99', 'added lag of an event p99', 'us', 812.4, 41.2, { better: 'lower' }),
      { name: 'cpu.gateway', label: 'CPU for 1,000 events', unit: 's', where: 'gateway', value: 0.04312, better: 'lower' },
    ],
    runs: [sampleRun('cluster ×4')],
    notes: ['The loop is closed: requests a second are users ÷ latency, whatever the gateway costs.'],
  };
}

function failing(): ScenarioResult {
  return {
    ...{ ...EMPTY, name: 'staged-ramp', title: 'New and returning users rise until something turns' },
    ...{ source: 'seed 003', startedAt: '2026-11-21T12:02:00.000Z', seconds: 181, outcome: 'fail' },
    checks: [
      { promise: 'errors <= 1 %', ok: false, actual: '1.2 %', hint: 'the mock refused: raise its slots' },
      { promise: 'memory given back >= 80 %', ok: true, actual: '92 %' },
    ],
    figures: figure(
      'knee',
      'highest stable rate at which every promise was kept in three windows, one after another',
      '1/s',
      118,
      140,
      {
        better: 'higher',
      },
    ),
    charts: [RAMP],
    runs: [sampleRun('cluster ×4', { failing: true }), sampleRun('direct to mock', { slower: 0.9 })],
  };
}

function others(): ScenarioResult[] {
  const at = { startedAt: '2026-11-21T12:06:00.000Z', seconds: 12.5 };
  const weighted: ScenarioResult = {
    ...{ ...EMPTY, ...at, name: 'weighted-distribution', number: '4', title: 'Shares of 10,000 requests over three weights' },
    ...{ source: 'seed 002, scenario 4', outcome: 'pass', charts: [SHARES] },
    checks: [{ promise: 'every count is exact', ok: true, actual: '10,000 of 10,000' }],
  };
  const invalid: ScenarioResult = {
    ...{ ...EMPTY, ...at, name: 'ten-thousand', title: '10,000 connections', source: 'seed 001', outcome: 'invalid' },
    ...{ reason: 'the load generator was saturated (event loop 97 % busy)', invalid: ['the load generator was saturated'] },
    checks: [{ promise: 'failures == 0', ok: true, actual: '0' }],
  };
  const skipped: ScenarioResult = {
    ...{ ...EMPTY, ...at, name: 'redis-outage', title: 'Redis stops under load', source: 'resilience' },
    ...{ outcome: 'skipped', reason: 'no redis-server on this machine' },
  };
  return [weighted, invalid, skipped];
}

const compared = (
  label: string,
  unit: string,
  base: number,
  head: number,
  verdict: ComparedFigure['verdict'],
): ComparedFigure => {
  const side = (middle: number) => ({
    median: middle,
    low: middle * 0.97,
    high: middle * 1.04,
    coverage: 0.969,
    values: [middle],
  });
  return {
    ...{ scenario: 'streaming-throughput', name: label, label, unit, where: 'gateway', better: 'lower', verdict },
    ...{ base: side(base), head: side(head), difference: head - base, floors: { relative: 0.02, absolute: 0 } },
    ratio: { median: head / base, low: (head / base) * 0.98, high: (head / base) * 1.02 },
  };
};

const BASELINE: BaselineComparison = {
  ...{ kind: 'side-by-side', maxRegression: 0.05, alpha: 0.05, differences: [], outcome: 'regression' },
  base: { name: 'base', source: 'abc1234', environment: SAMPLE_ENVIRONMENT, runs: 6, startedAt: '2026-11-21T12:00:00.000Z' },
  head: { name: 'head', source: 'working tree', environment: SAMPLE_ENVIRONMENT, runs: 6, startedAt: '2026-11-21T12:00:00.000Z' },
  figures: [
    compared('time to first token p99', 'ms', 148.2, 151.9, 'same'),
    compared('CPU for 1,000 events', 's', 0.0431, 0.0478, 'regression'),
    compared('memory peak, PSS', 'MB', 144.1, 131.7, 'improvement'),
  ],
  notes: ['Run 3 of base was left out: steal 4.1 %.'],
};

/** Every outcome once. */
export function sampleSuite(): SuiteSummary {
  return {
    ...{ kind: 'suite', schemaVersion: 1, startedAt: '2026-11-21T12:00:00.000Z', seconds: 312.4, pace: 'quick' },
    ...{ command: 'npm run loadtest -- --all --quick', environment: SAMPLE_ENVIRONMENT, interrupted: false },
    scenarios: [passing(), failing(), ...others()],
    baseline: BASELINE,
  };
}
