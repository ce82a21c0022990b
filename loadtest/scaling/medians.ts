/** Several rounds of the same points → one figure each. Percentiles and rates are never averaged: the median of the rounds stands. Pure. */
import type { PointFigures, Scaling } from './figures.js';
import { scalingOf } from './figures.js';

/** A median with the extremes it lies between. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** One entry for each target and worker count: medians over its sound rounds, or over all, with their faults, when none is sound. */
export function medianPoints(points: readonly PointFigures[]): PointFigures[] {
  return groups(points).map((rounds) => {
    const sound = rounds.filter((point) => point.faults.length === 0);
    return sound.length > 0
      ? medianOf(sound)
      : { ...medianOf(rounds), faults: [...new Set(rounds.flatMap((point) => point.faults))] };
  });
}

/** Efficiency of each round against its own one worker, measured minutes apart and not in another round. */
export function efficiencySpreads(points: readonly PointFigures[]): (Scaling & { spread: Spread; rounds: number })[] {
  const byRound = [...new Set(points.map((point) => point.round))].flatMap((round) =>
    scalingOf(points.filter((point) => point.round === round)),
  );
  return groups(byRound)
    .map((rounds) => ({ ...medianOf(rounds), spread: spreadOf(rounds.map((one) => one.efficiency)), rounds: rounds.length }))
    .sort((a, b) => a.workers - b.workers);
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: middle(sorted), least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 };
}

function groups<One extends { target: string; workers: number }>(all: readonly One[]): One[][] {
  const byPlace = new Map<string, One[]>();
  for (const one of all) {
    const place = `${one.target} ${one.workers}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), one]);
  }
  return [...byPlace.values()];
}

/** The first of them with each number replaced by the median of all. */
function medianOf<One extends object>(rounds: readonly One[]): One {
  const merged = { ...(rounds[0] as One) } as Record<string, unknown>;
  for (const name of Object.keys(merged)) {
    const values = rounds.map((one) => (one as Record<string, unknown>)[name]).filter((value) => typeof value === 'number');
    if (values.length > 0) merged[name] = spreadOf(values).median;
  }
  return merged as One;
}

function middle(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}
