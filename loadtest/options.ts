import { type ShapeWishes, shapedSeconds, shapedUsers, shapeOf } from './load-shape.js';
import type { RunPlan } from './result.js';

/** What the command line may say; absent = the round's or the default. Times in seconds unless named. */
export interface LoadWishes extends Partial<ShapeWishes> {
  round?: 1 | 2;
  vus?: number;
  duration?: number;
  credentials?: number;
  target: string;
  /** Targets to run beside the first, interleaved with it. */
  compare?: readonly string[];
  /** Runs of each target; absent: 3 when comparing, else 1. */
  repeats?: number;
  workers: number;
  warmup: number;
  ramp?: number;
  think: [number, number];
  seed: number;
  timeScale: number;
  grace: number;
  timeout: number;
  idle?: number;
  generators?: number;
  model: string;
  key?: string;
  mock?: string;
  pid?: number;
  /** Where gateways of others are installed. */
  peers?: string;
  /** Look into the gateway's processes while they are under load. */
  profileCpu?: boolean;
  heap?: boolean;
  out: string;
  /** As written, `ttft:p(95)<300`. */
  threshold?: readonly string[];
  title?: string;
  /** File that summary.json is written to as well. */
  summaryExport?: string;
  /** Port of the live page, `true` for any that is free; absent: none. */
  live?: number | true;
  json: boolean;
  quiet: boolean;
  color: boolean;
}

/** The published rounds (seed document 000). */
export const ROUNDS = {
  1: { vus: 50, credentials: 20, durationSeconds: 60 },
  2: { vus: 1000, credentials: 500, durationSeconds: 120 },
} as const;

/** From here on the figures of round 2 are the nearer ones. */
const ROUND_2_FROM_VUS = 300;
/** One generator process is near its end at 20,000 events a second; 300 users make about 4,500. */
const SECOND_GENERATOR_FROM_VUS = 301;

/** Which published round a number of users belongs to. */
export function nearestRound(vus: number): 1 | 2 {
  return vus < ROUND_2_FROM_VUS ? 1 : 2;
}

/** The engine of a plan: autocannon's knows one shape of load only. */
export function engineOf({ engine, arrivals, stages, iterations, request }: RunPlan): 'autocannon' | 'own' {
  if (arrivals || stages || iterations !== undefined || request?.dialect === 'get') return 'own';
  return engine ?? 'autocannon';
}

/** One run can be an accident; of three the middle one is hardly. */
const COMPARED_REPEATS = 3;

/**
 * The plans of all runs asked for, in order. Targets are interleaved, forwards and backwards in turn,
 * so that what drifts on the machine meets all of them alike.
 */
export function makePlans(wishes: LoadWishes): RunPlan[] {
  const targets = [...new Set([wishes.target, ...(wishes.compare ?? [])])];
  const repeats = wishes.repeats ?? (targets.length > 1 ? COMPARED_REPEATS : 1);
  return Array.from({ length: repeats }, (_, index) => index).flatMap((index) => {
    const order = index % 2 === 0 ? targets : targets.toReversed();
    return order.map((target) => ({ ...makePlan(wishes, target), repeat: index + 1 }));
  });
}

function makePlan(wishes: LoadWishes, target: string): RunPlan {
  const round = ROUNDS[wishes.round ?? (wishes.vus === undefined ? 1 : nearestRound(wishes.vus))];
  const vus = shapedUsers(wishes) ?? wishes.vus ?? round.vus;
  const durationSeconds = shapedSeconds(wishes) ?? wishes.duration ?? round.durationSeconds;
  const workers = target === 'cluster' ? wishes.workers : 0;
  return {
    label: labelOf(target, workers),
    target,
    vus,
    credentials: wishes.credentials ?? round.credentials,
    durationSeconds,
    warmupSeconds: wishes.warmup,
    rampSeconds: wishes.ramp ?? (vus < ROUND_2_FROM_VUS ? 0 : 2),
    thinkMs: wishes.think,
    graceSeconds: wishes.grace,
    idleSeconds: wishes.idle ?? (durationSeconds < 60 ? 5 : 10),
    timeoutSeconds: wishes.timeout,
    workers,
    model: wishes.model,
    seed: wishes.seed,
    timeScale: wishes.timeScale,
    generators: wishes.generators ?? (vus < SECOND_GENERATOR_FROM_VUS ? 1 : 2),
    ...shapeOf(wishes),
  };
}

const LABELS: Readonly<Record<string, string>> = {
  single: 'single process',
  direct: 'direct to mock',
  conventional: 'conventional',
  go: 'Go reference',
  nginx: 'nginx, 1 worker',
  litellm: 'LiteLLM',
  portkey: 'Portkey',
};

function labelOf(target: string, workers: number): string {
  return target === 'cluster' ? `cluster ×${workers}` : (LABELS[target] ?? target);
}
