/** The shape of a load, from the wishes: stages, arrivals, iterations, and what follows from them for users and time. Pure. */
import { Level } from './engine/open/level.js';
import type { LoadStage, RequestForm, RunPlan } from './result.js';

/** What the command line may say of it; absent: a constant number of users for a time. */
export interface ShapeWishes {
  /** Arrivals a second of all generators together: the open model. */
  rate?: number;
  arrivals: 'constant' | 'poisson';
  stage?: readonly LoadStage[];
  iterations?: number;
  users?: string;
  api?: RequestForm['dialect'];
  /** `false`: answers as a whole. */
  stream: boolean;
  path?: string;
  engine?: 'autocannon' | 'own';
}

type Shape = Pick<RunPlan, 'engine' | 'arrivals' | 'stages' | 'startUsers' | 'iterations' | 'request' | 'usersFile'>;

/** With iterations and no duration: the bound of k6. */
const LONGEST_ITERATIONS_SECONDS = 600;
/** A stream of the rounds lasts 17.6 s at most: this is room for all that can be in flight. */
const LONGEST_STREAM_SECONDS = 20;
const FEWEST_PLACES = 100;
const MOST_PLACES = 10_000;

/** The plan's fields; those that were not asked for are left out. */
export function shapeOf(wishes: Partial<ShapeWishes> & { vus?: number }): Shape {
  const { rate, arrivals = 'constant', stage, iterations, users, api, stream = true, path, engine } = wishes;
  const isPlain = api === undefined && stream && path === undefined;
  return {
    ...(engine && { engine }),
    ...(rate !== undefined && { arrivals: { perSecond: rate, spacing: arrivals } }),
    ...(stage && { stages: [...stage], ...(rate === undefined && { startUsers: wishes.vus ?? 0 }) }),
    ...(iterations !== undefined && { iterations }),
    ...(!isPlain && { request: { dialect: api ?? 'chat', stream, ...(path !== undefined && { path }) } }),
    ...(users !== undefined && { usersFile: users }),
  };
}

/** Seconds of load that the shape itself says; undefined: the wish or the round says it. */
export function shapedSeconds({
  stage,
  iterations,
  warmup,
  duration,
}: Partial<ShapeWishes> & { warmup: number; duration?: number }) {
  if (stage) return Math.max(1, new Level(0, stage).seconds - warmup);
  return iterations !== undefined ? (duration ?? LONGEST_ITERATIONS_SECONDS) : undefined;
}

/** Users that the shape itself says: the highest stage, or the places of an open model; undefined: the wish or the round says it. */
export function shapedUsers({ rate, stage, vus }: Partial<ShapeWishes> & { vus?: number }): number | undefined {
  if (rate === undefined) return stage ? Math.max(1, Math.ceil(new Level(vus ?? 0, stage).highest)) : undefined;
  const highest = new Level(rate, stage ?? []).highest;
  return vus ?? Math.min(MOST_PLACES, Math.max(FEWEST_PLACES, Math.ceil(highest * LONGEST_STREAM_SECONDS)));
}

/** The load of a plan in words: `50 users`, `30 requests/s (poisson), at most 600 at once`. */
export function shapeText({ vus, arrivals, stages, startUsers = 0, iterations, request, usersFile }: RunPlan): string {
  const start = arrivals ? arrivals.perSecond : startUsers;
  const levels = stages ? [start, ...stages.map(({ seconds, target }) => `${target} in ${seconds} s`)].join(' → ') : undefined;
  const load = arrivals
    ? `${levels ?? arrivals.perSecond} requests/s (${arrivals.spacing}), at most ${vus} at once`
    : `${levels ?? vus} users`;
  const kind = request && `${request.stream ? '' : 'whole '}${request.dialect}${request.path ? ` at ${request.path}` : ''}`;
  const ends = iterations === undefined ? undefined : `${iterations} requests`;
  return [load, ends, kind, usersFile && `users of ${usersFile}`].filter(Boolean).join(' · ');
}
