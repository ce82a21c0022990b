/** Wishes → what is measured. Pure. */

import type { LoadWishes } from '../options.js';
import { makePlans } from '../options.js';
import type { RunPlan } from '../result.js';
import type { PointPlan, ScalingPlan, ScalingTarget } from './words.js';

/** What the command line says for this mode besides the options of any load. */
export interface ScalingWishes extends LoadWishes {
  emulateCores: number;
  /** Percent of one core. */
  coreShare: number;
  curve?: number[];
  /** Options that were written, not defaulted. */
  given: ReadonlySet<string>;
}

/**
 * Users for each emulated core, and how much faster than in the published round the mock speaks to them: about 7,300 chunks/s
 * are wanted of each worker then, twice what 15 % of a core relays. 125 users at four times the published speed ask for as much as
 * 500 at the published one, with a quarter of the sockets and with streams that end within the warm-up.
 */
const USERS_PER_CORE = 125;
const TIME_SCALE = 0.25;
const FREE_SECONDS = 4;
const SETTLE_SECONDS = 4;
const DURATION_SECONDS = 12;
/** The same for all points: a point must not be the generators' limit where another is not. */
const GENERATORS = 2;
/** As in round 2. */
const CREDENTIALS = 500;

/** Defaults filled in. The curve goes by doubling to twice the emulated cores unless it is given. */
export function scalingPlan(wishes: ScalingWishes): ScalingPlan {
  const { emulateCores: cores, coreShare, curve, vus, duration, warmup, timeScale, given } = wishes;
  return {
    cores,
    share: coreShare / 100,
    curve: curve ? [...new Set(curve)].sort((a, b) => a - b) : doublings(2 * cores),
    users: vus ?? USERS_PER_CORE * cores,
    timeScale: given.has('timeScale') ? timeScale : TIME_SCALE,
    freeSeconds: FREE_SECONDS,
    settleSeconds: given.has('warmup') ? warmup : SETTLE_SECONDS,
    durationSeconds: duration ?? DURATION_SECONDS,
  };
}

/** All points, those of one worker count beside each other, so that they are measured on the same machine mood. */
export function scalingPoints(plan: ScalingPlan, targets: readonly ScalingTarget[]): PointPlan[] {
  return plan.curve.flatMap((workers) => targets.map((target) => pointPlan(plan, target, workers)));
}

/** The single process has as many users to serve as the others, with the one core that it can use. */
function pointPlan(plan: ScalingPlan, target: ScalingTarget, workers: number): PointPlan {
  const users = Math.max(1, Math.round((plan.users * workers) / plan.cores));
  const all = plan.share * workers;
  if (target === 'single') return { target, workers, users, total: plan.share, each: plan.share };
  return { target, workers, users, total: all, each: target === 'go' ? all : plan.share };
}

/** The load run behind a point. */
export function runPlanOf(point: PointPlan, plan: ScalingPlan, wishes: ScalingWishes): RunPlan {
  const { target, workers, users } = point;
  const { timeScale, freeSeconds, settleSeconds, durationSeconds } = plan;
  const credentials = wishes.credentials ?? CREDENTIALS;
  const shape = { target, compare: undefined, vus: users, duration: durationSeconds, workers, credentials, timeScale };
  const [run] = makePlans({ ...wishes, ...shape, generators: wishes.generators ?? GENERATORS });
  if (!run) throw new Error('no plan was made');
  const label = target === 'single' ? `single process, ${users} users` : `${target} ×${workers}`;
  return { ...run, label, warmupSeconds: freeSeconds + settleSeconds, idleSeconds: 1, skipMemory: true };
}

/** `1,2,4,8` → numbers; undefined when it is no list of whole numbers from 1 to 64. */
export function parseCurve(text: string): number[] | undefined {
  const parts = text.split(',').map(Number);
  return /^\d+(,\d+)*$/.test(text) && parts.every((part) => part >= 1 && part <= 64) ? parts : undefined;
}

function doublings(most: number): number[] {
  const all: number[] = [];
  for (let workers = 1; workers <= most; workers *= 2) all.push(workers);
  return all;
}
