/** Made-up points for tests: a window of ten seconds with what is said of it. */
import { noCounts } from '../engine/counts.js';
import type { RunResult } from '../result.js';
import type { PointReading, PointResult, ScalingRecord, ScalingTarget } from './words.js';

/** What a test says of a point; CPU in cores, rates a second. */
export interface Made {
  round?: number;
  target: ScalingTarget;
  workers: number;
  share: number;
  users: number;
  chunks: number;
  rps: number;
  /** CPU of each process; the first is the one that was started. */
  cpus: number[];
  /** Part of periods in which each was stopped. */
  throttled?: number;
}

const SECONDS = 10;

export function madePoint(made: Made): PointResult {
  const { round = 1, target, workers, share, users } = made;
  const total = target === 'single' ? share : workers * share;
  return {
    plan: { round, target, workers, users, total, each: target === 'go' ? total : share },
    readings: [reading(made, 0), reading(made, SECONDS)],
    run: madeRun(made),
  };
}

export function madeRecord(points: readonly Made[]): ScalingRecord {
  return {
    ...{ schemaVersion: 1, kind: 'scaling', missing: [], points: points.map(madePoint) },
    environment: {
      ...{ node: 'v20', commit: 'abc', cores: 2, cpuModel: 'a <fast> one', memoryBytes: 1, kernel: '6', platform: 'linux x64' },
    },
    plan: {
      ...{ cores: 4, askedShare: 0.15, share: 0.15, curve: [1, 2, 4, 8], rounds: 1, users: 400, timeScale: 0.25 },
      ...{ freeSeconds: 3, settleSeconds: 4, durationSeconds: 10 },
    },
  };
}

function reading({ chunks, cpus, throttled = 0.9 }: Made, at: number): PointReading {
  const throttle = { periods: 100 * at, throttled: 100 * at * throttled, throttledSeconds: at * 0.8 };
  return {
    ...{ at: 50 + at, phase: 'load', limited: true, all: throttle },
    processes: cpus.map((cpu, index) => ({ pid: index + 1, isRoot: index === 0, cpuSeconds: 3 + cpu * at, throttle })),
    ...{ machine: { idle: at * 100, total: at * 200 }, events: 500 + chunks * at },
  };
}

function madeRun({ target, workers, users, rps }: Made): RunResult {
  const sent = rps * SECONDS;
  const plan = {
    ...{
      label: '',
      target,
      vus: users,
      credentials: 1,
      durationSeconds: SECONDS,
      warmupSeconds: 0,
      rampSeconds: 0,
      thinkMs: [0, 0],
    },
    ...{
      graceSeconds: 1,
      idleSeconds: 1,
      timeoutSeconds: 9,
      workers,
      model: 'mock-round',
      seed: 0,
      timeScale: 0.25,
      generators: 1,
    },
  } as RunResult['plan'];
  return {
    ...{ plan, startedAt: '2026-11-21T00:00:00.000Z', interrupted: false, durations: {}, samples: [], throughGateway: true },
    counts: { ...noCounts(), sent, ok: sent, steadyOk: sent },
    generator: { processes: 1, elu: 0.1, loopDelayP99: 1, cpu: 0.1 },
    ...{ untilLastEnd: SECONDS, steadySeconds: SECONDS },
  };
}
