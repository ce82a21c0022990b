import type { ComparedTarget, Comparison, RunResult, Spread } from '../result.js';
import { type Figures, figuresOf } from './figures.js';
import { spreadOf } from './spread.js';
import { judge } from './validity.js';

/** The figures of one run, and whether they may be used. */
interface JudgedRun {
  repeat: number;
  figures: Figures;
  isSound: boolean;
}

/** One target's runs. */
interface Group {
  label: string;
  target: string;
  runs: number;
  used: readonly JudgedRun[];
}

/** Runs of several targets, or several of one, put together; undefined for a single run. Pure. */
export function compareRuns(runs: readonly RunResult[]): Comparison | undefined {
  if (runs.length < 2) return undefined;
  const groups = groupsOf(runs);
  const main = groups[0]?.used ?? [];
  const go = groups.find((group) => group.target === 'go')?.used ?? [];
  return { targets: groups.map((group) => compared(group, main, go)) };
}

function groupsOf(runs: readonly RunResult[]): Group[] {
  const labels = [...new Set(runs.map((run) => run.plan.label))];
  return labels.map((label) => {
    const own = runs.filter((run) => run.plan.label === label);
    return { label, target: own[0]?.plan.target ?? '', runs: own.length, used: usedOf(own.map(judged)) };
  });
}

function judged(run: RunResult, index: number): JudgedRun {
  const isSound = judge(run).invalid.length === 0 && !run.interrupted;
  return { repeat: run.plan.repeat ?? index + 1, figures: figuresOf(run), isSound };
}

/** Runs that must not be used are left out as long as there are others. */
function usedOf(runs: readonly JudgedRun[]): readonly JudgedRun[] {
  const sound = runs.filter((run) => run.isSound);
  return sound.length > 0 ? sound : runs;
}

function compared({ label, target, runs, used }: Group, main: readonly JudgedRun[], go: readonly JudgedRun[]): ComparedTarget {
  return {
    ...{ label, target, runs, used: used.length, isSound: used.some((run) => run.isSound) },
    figures: spreads(used.map((run) => run.figures)),
    overMain: ratios(used, main),
    overGo: ratios(used, go),
  };
}

/** Runs of one repeat stood close in time, so their ratio is steadier than that of two medians. */
function ratios(used: readonly JudgedRun[], base: readonly JudgedRun[]): Record<string, Spread> {
  const pairs = used.flatMap((run) => {
    const under = base.find((one) => one.repeat === run.repeat);
    return under ? [quotients(run.figures, under.figures)] : [];
  });
  return spreads(pairs);
}

function quotients(over: Figures, under: Figures): Record<string, number> {
  const names = Object.keys(over) as (keyof Figures)[];
  return Object.fromEntries(names.map((name) => [name, (over[name] ?? Number.NaN) / (under[name] ?? Number.NaN)]));
}

function spreads(all: readonly object[]): Record<string, Spread> {
  const result: Record<string, Spread> = {};
  for (const name of new Set(all.flatMap((one) => Object.keys(one)))) {
    const values = all.map((one) => (one as Record<string, number | undefined>)[name] ?? Number.NaN);
    const spread = spreadOf(values.filter((value) => Number.isFinite(value)));
    if (spread) result[name] = spread;
  }
  return result;
}

/** The medians, as if they were the figures of one run. */
export function medianFigures({ figures }: ComparedTarget): Figures {
  return Object.fromEntries(Object.entries(figures).map(([name, { median }]) => [name, median])) as unknown as Figures;
}
