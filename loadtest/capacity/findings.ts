/** What is told of a climb: figures, checks, a chart with the band. Pure. */
import type { Chart, Check, Figure } from '../scenarios/findings.js';
import { figure } from '../scenarios/tools/figures.js';
import { atLeast } from '../thresholds/checks.js';
import { bandOf, frontierAt, isMockBound } from './band.js';
import { judgeRung, middleOf } from './judge-rung.js';
import type { Band, JudgedRung, LoadModel, Promises, Rung } from './words.js';

/** One climb through the gateway, and the rung where it ended past the gateway. */
export interface Climbed {
  model: LoadModel;
  rungs: readonly JudgedRung[];
  isOver: boolean;
  ceiling?: Rung;
}

const FRONTIER_MS = [50, 100, 300] as const;
const NAMES: Readonly<Record<LoadModel, { what: string; unit: string; axis: string }>> = {
  users: { what: 'users at once', unit: '', axis: 'users' },
  rate: { what: 'streams a second, whoever waits', unit: '1/s', axis: 'streams asked for a second' },
};

export function climbFigures(climbed: Climbed): Figure[] {
  const { model, rungs, ceiling } = climbed;
  const band = bandOf(rungs, climbed.isOver);
  const { what, unit } = NAMES[model];
  const atLow = rungs.find(({ level, fault }) => level === band.low && !fault);
  const higher = { better: 'higher' } as const;
  return [
    ...some(band.low, (value) => figure(`${model}_low`, `${what}: sustained`, unit, 'gateway', value, higher)),
    ...some(band.high, (value) => figure(`${model}_high`, `${what}: not sustained (${band.reason})`, unit, 'gateway', value)),
    ...some(atLow && middleOf(atLow).throughput, (value) =>
      figure(`${model}_streams`, `${what}: streams a second when sustained`, '1/s', 'gateway', value, higher),
    ),
    ...some(ceiling && middleOf(ceiling).throughput, (value) =>
      figure(`${model}_streams`, `${what}: streams a second past the gateway, at ${ceiling?.level}`, '1/s', 'direct', value),
    ),
    ...some(atLow && middleOf(atLow).cpuPerThousandEvents, (value) =>
      figure(`${model}_cpu_per_1000`, `${what}: CPU-seconds per 1,000 chunks when sustained`, 's', 'gateway', value, {
        better: 'lower',
      }),
    ),
    ...FRONTIER_MS.flatMap((limit) =>
      some(frontierAt(rungs, limit), (value) =>
        figure(
          `${model}_within_${limit}ms`,
          `${what}: most streams a second with first token P99 <= ${limit} ms and no failure`,
          '1/s',
          'gateway',
          value,
          higher,
        ),
      ),
    ),
  ];
}

export function climbChecks({ model, rungs, isOver }: Climbed, lowest: number): Check[] {
  const { low, detail } = bandOf(rungs, isOver);
  return [atLeast(`${NAMES[model].what}: sustained`, low, lowest, NAMES[model].unit, `the lowest rung; ${detail}`)];
}

/** Why the climb says nothing about the target: where even the lowest rung fails, what fails past the gateway too is not the gateway's. */
export function climbInvalid({ model, rungs, isOver, ceiling }: Climbed, promises: Promises): string[] {
  const { what } = NAMES[model];
  const { low, reason, detail } = bandOf(rungs, isOver);
  if (rungs.length === 0) return [`${what}: no rung was measured`];
  if (low !== undefined) return [];
  if (reason === 'generator') return [`${what}: ${detail}`];
  const past = ceiling && judgeRung(ceiling, undefined, promises);
  return past?.fault ? [`${what}: past the gateway the lowest rung fails too: ${past.detail}`] : [];
}

export function climbNotes({ model, rungs, isOver, ceiling }: Climbed): string[] {
  const band = bandOf(rungs, isOver);
  const { what } = NAMES[model];
  const atLow = rungs.find(({ level, fault }) => level === band.low && !fault);
  const notes = [`${what}: ${bandText(band)}; it ended because of ${REASONS[band.reason]} (${band.detail}).`];
  if (band.contradictions > 0)
    notes.push(`${what}: ${band.contradictions} rung(s) contradict each other; the band is wide for that.`);
  // A climb that ran out of time was not near any end.
  if (band.reason !== 'time' && ceiling && atLow && isMockBound(middleOf(atLow).throughput, middleOf(ceiling).throughput))
    notes.push(`${what}: mock-bound: within 10 % of what the mock gives without a gateway.`);
  return notes;
}

const REASONS: Readonly<Record<Band['reason'], string>> = {
  slo: 'a broken promise',
  errors: 'failures',
  flat: 'throughput that stayed while times rose',
  generator: "the generator's own limit, so that the target may carry more",
  top: 'the highest rung asked for',
  time: 'the time there was',
};

function bandText({ low, high, isConfirmed }: Band): string {
  const from =
    low === undefined ? 'less than the lowest rung' : `${low} sustained${isConfirmed ? ' (again after the end was passed)' : ''}`;
  return high === undefined ? from : `${from}, ${high} not`;
}

/** Throughput and first token P95 over the rungs; a level measured twice stands where its last measurement was. */
export function climbChart({ model, rungs, isOver }: Climbed): Chart {
  const band = bandOf(rungs, isOver);
  const byLevel = [...new Map(rungs.map((rung) => [rung.level, middleOf(rung)]))].sort(([a], [b]) => a - b);
  const highest = byLevel.at(-1)?.[0] ?? 0;
  return {
    title: `Capacity: ${NAMES[model].what}`,
    kind: 'line',
    x: { label: NAMES[model].axis, scale: 'log' },
    y: { label: 'streams ended well', unit: '1/s' },
    series: [
      { name: 'throughput', points: byLevel.map(([level, { throughput }]) => [level, throughput]) },
      {
        name: 'first token P95',
        points: byLevel.map(([level, { ttftP95 }]) => [level, Number.isFinite(ttftP95) ? ttftP95 : null]),
        right: { label: 'first token P95', unit: 'ms' },
      },
    ],
    marks: band.low === undefined ? [] : [{ label: `band (${band.reason})`, from: band.low, to: band.high ?? highest }],
  };
}

function some(value: number | undefined, make: (value: number) => Figure): Figure[] {
  return value === undefined || !Number.isFinite(value) ? [] : [make(value)];
}
