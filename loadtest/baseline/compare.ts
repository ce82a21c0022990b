/** Two sides of sampled figures → what differs. Pure: the same for runs of this job and for kept files. */
import { median } from '../bars/statistics.js';
import { seededRandom } from '../engine/random.js';
import type { Environment } from '../environment-record.js';
import { absoluteFloor } from './floors.js';
import { holm } from './statistics/holm.js';
import { mannWhitney, smallestP } from './statistics/mann-whitney.js';
import { medianInterval } from './statistics/median-interval.js';
import { ratioInterval } from './statistics/paired-ratio.js';
import type { BaselineComparison, ComparedFigure, ComparisonSide, FigureVerdict, SampledFigure } from './words.js';

/** One side with all that was measured on it. */
export interface Side extends Omit<ComparisonSide, 'runs'> {
  figures: readonly SampledFigure[];
}

export interface ComparisonRules {
  kind: BaselineComparison['kind'];
  /** Share, 0.05 = 5 %. */
  maxRegression: number;
  /** Chance of a false alarm in the whole table. Default: 5 %. */
  alpha?: number;
  notes?: readonly string[];
}

/** Places that are not what is judged: they tell whether the machine changed. */
const CONTROLS: ReadonlySet<string> = new Set(['direct', 'go', 'conventional', 'nginx', 'litellm', 'portkey']);
/** So that a comparison made anew from kept values says the same. */
const BOOTSTRAP_SEED = 1;

export function compareSides(base: Side, head: Side, rules: ComparisonRules): BaselineComparison {
  const { alpha = 0.05, maxRegression, kind } = rules;
  const judge = new Judge(kind === 'side-by-side', maxRegression, alpha);
  const both = head.figures.flatMap((own) => {
    const other = base.figures.find((figure) => keyOf(figure) === keyOf(own));
    return other ? [judge.measure(other, own)] : [];
  });
  const figures = judge.verdicts(both);
  const smallest = judge.smallest(figures);
  const undecided = smallest === undefined || smallest > alpha;
  return {
    ...{ kind, maxRegression, alpha, figures },
    ...{ base: sideOf(base), head: sideOf(head), differences: environmentDifferences(base.environment, head.environment) },
    outcome: figures.some(({ verdict }) => verdict === 'regression') ? 'regression' : undecided ? 'undecided' : 'pass',
    notes: [...(rules.notes ?? []), ...missing(base, head), ...(undecided ? [tooFew(smallest)] : [])],
  };
}

/** What a figure is known by on both sides. */
export function keyOf({ scenario = '', name, where }: SampledFigure): string {
  return `${scenario}|${name}|${where}`;
}

/** Measures pairs of figures and, when all are known, says which differ: p values are corrected for their number. */
class Judge {
  readonly #paired: boolean;
  readonly #relative: number;
  readonly #alpha: number;

  constructor(paired: boolean, relative: number, alpha: number) {
    this.#paired = paired;
    this.#relative = relative;
    this.#alpha = alpha;
  }

  measure(base: SampledFigure, head: SampledFigure): ComparedFigure {
    const { values: _, ...words } = head;
    const [before, after] = [known(base), known(head)];
    const [baseInterval, headInterval] = [medianInterval(before), medianInterval(after)];
    const isJudged = words.better !== undefined && !CONTROLS.has(words.where) && before.length > 0 && after.length > 0;
    return {
      ...words,
      base: { ...baseInterval, values: before },
      head: { ...headInterval, values: after },
      ratio: this.#ratio(base, head),
      difference: headInterval.median - baseInterval.median,
      floors: { relative: this.#relative, absolute: absoluteFloor(words.unit) },
      ...(isJudged ? { p: mannWhitney(before, after).p } : {}),
      verdict: 'not-judged',
    };
  }

  verdicts(figures: readonly ComparedFigure[]): ComparedFigure[] {
    const adjusted = holm(figures.flatMap(({ p }) => p ?? []));
    let next = 0;
    return figures.map((figure) => {
      if (figure.p === undefined) return figure;
      const adjustedP = adjusted[next++] ?? 1;
      return { ...figure, adjustedP, verdict: this.#verdict(figure, adjustedP) };
    });
  }

  /** The smallest corrected p that these numbers of runs can give; undefined when nothing is judged. */
  smallest(figures: readonly ComparedFigure[]): number | undefined {
    const judged = figures.filter(({ p }) => p !== undefined);
    if (judged.length === 0) return undefined;
    const each = judged.map(({ base, head }) => smallestP(base.values.length, head.values.length));
    return Math.min(...each) * judged.length;
  }

  #ratio(base: SampledFigure, head: SampledFigure): ComparedFigure['ratio'] {
    if (this.#paired) {
      const [below, above] = [base.values, head.values].map((values) => values.map((value) => value ?? Number.NaN));
      return ratioInterval(below ?? [], above ?? [], seededRandom(BOOTSTRAP_SEED));
    }
    const ratio = median(known(head)) / median(known(base));
    return Number.isFinite(ratio) ? { median: ratio } : undefined;
  }

  #verdict({ base, difference, floors, better }: ComparedFigure, adjustedP: number): FigureVerdict {
    if (adjustedP > this.#alpha) return 'same';
    const change = Math.abs(difference);
    if (change <= floors.absolute || change <= floors.relative * Math.abs(base.median)) return 'small';
    return difference > 0 === (better === 'lower') ? 'regression' : 'improvement';
  }
}

function known({ values }: SampledFigure): number[] {
  return values.filter((value) => value !== null && Number.isFinite(value)) as number[];
}

function sideOf({ figures, ...side }: Side): ComparisonSide {
  return { ...side, runs: Math.max(0, ...figures.map((figure) => known(figure).length)) };
}

/** What the two environments do not have in common, by the names of their fields. */
export function environmentDifferences(base: Environment, head: Environment): BaselineComparison['differences'] {
  const fields = [...new Set([...Object.keys(base), ...Object.keys(head)])] as (keyof Environment)[];
  return fields
    .filter((field) => base[field] !== head[field])
    .map((field) => ({ what: field, base: String(base[field] ?? '–'), head: String(head[field] ?? '–') }));
}

function missing(base: Side, head: Side): string[] {
  const only = (one: Side, other: Side): string[] => {
    const there = new Set(other.figures.map(keyOf));
    return one.figures
      .filter((figure) => figure.better && !there.has(keyOf(figure)))
      .map(({ label, where }) => `${label} (${where})`);
  };
  const [gone, fresh] = [only(base, head), only(head, base)];
  return [
    ...(gone.length > 0 ? [`only ${base.name} has: ${gone.join(', ')}`] : []),
    ...(fresh.length > 0 ? [`only ${head.name} has: ${fresh.join(', ')}`] : []),
  ];
}

function tooFew(smallest: number | undefined): string {
  return smallest === undefined
    ? 'nothing to judge: no figure that both sides have says which direction is better'
    : `too few runs to find anything: even sides that do not overlap would give p = ${smallest.toFixed(3)} after the correction for the number of figures; use more --repeats`;
}
