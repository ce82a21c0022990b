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
 * Users for each whole core that a worker may use, at four times the published speed: 105,000 chunks/s are wanted of a core, more
 * than twice what the gateway relays on one when it reads each chunk alone. The same demand at the published speed would need four
 * times the sockets, and streams that outlast the warm-up.
 */
const USERS_PER_WHOLE_CORE = 1800;
const TIME_SCALE = 0.25;
const FREE_SECONDS = 2;
const SETTLE_SECONDS = 5;
const DURATION_SECONDS = 10;
/** The same for all points: a point must not be the generators' limit where another is not. */
const GENERATORS = 2;
/** As in round 2. */
const CREDENTIALS = 500;
/**
 * CPU of gateway, mock and generators together over that of the gateway, with the users above: 1 + 3.5 (33 µs an event in the mock,
 * which writes each alone) + 2. The machine must have it all, or it is the machine that is measured. Seen with 1 to 8 workers on
 * 2 cores, Node 20.20.
 */
const WHOLE_OVER_GATEWAY = 6.5;
/** Part of the machine that a point may take. */
const ROOM = 0.8;

/** Defaults filled in. The curve goes by doubling to twice the emulated cores unless it is given. */
export function scalingPlan(wishes: ScalingWishes, machineCores: number): ScalingPlan {
  const { emulateCores: cores, coreShare, vus, duration, warmup, timeScale, given } = wishes;
  const curve = wishes.curve ? [...new Set(wishes.curve)].sort((a, b) => a - b) : doublings(2 * cores);
  const share = fittingShare(coreShare / 100, Math.max(...curve), machineCores);
  return {
    cores,
    askedShare: coreShare / 100,
    share,
    curve,
    rounds: wishes.repeats ?? 1,
    users: vus ?? Math.round(USERS_PER_WHOLE_CORE * share * cores),
    timeScale: given.has('timeScale') ? timeScale : TIME_SCALE,
    freeSeconds: FREE_SECONDS,
    settleSeconds: given.has('warmup') ? warmup : SETTLE_SECONDS,
    durationSeconds: duration ?? DURATION_SECONDS,
  };
}

/** The share asked for, or as much of it, in whole percent, as leaves the mock and the generators what they need at the most workers. */
export function fittingShare(asked: number, workers: number, machineCores: number): number {
  const most = (ROOM * machineCores) / (WHOLE_OVER_GATEWAY * workers);
  return Math.min(asked, Math.max(0.01, Math.floor(most * 100) / 100));
}

/** All points, round by round; those of one worker count beside each other, so that they meet the machine in the same mood. */
export function scalingPoints(plan: ScalingPlan, targets: readonly ScalingTarget[]): PointPlan[] {
  return Array.from({ length: plan.rounds }, (_, index) => index + 1).flatMap((round) =>
    plan.curve.flatMap((workers) => targets.map((target) => ({ round, ...pointPlan(plan, target, workers) }))),
  );
}

/** The single process has as many users to serve as the others, with the one core that it can use. */
function pointPlan(plan: ScalingPlan, target: ScalingTarget, workers: number): Omit<PointPlan, 'round'> {
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
  const [run] = makePlans({ ...wishes, ...shape, generators: wishes.generators ?? GENERATORS, repeats: 1 });
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
