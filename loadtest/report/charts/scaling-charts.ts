/** The scaling proof as charts: a line for each target over emulated cores. Pure. */

import { figuresOfPoint, type PointFigures } from '../../scaling/figures.js';
import { medianPoints } from '../../scaling/medians.js';
import { NAMES } from '../../scaling/names.js';
import type { ScalingRecord } from '../../scaling/words.js';
import type { Chart, ChartSeries } from '../../scenarios/findings.js';

/** Throughput with perfect scaling dashed beside it, and P95. */
export function scalingCharts(record: ScalingRecord): Chart[] {
  const points = medianPoints(record.points.map(figuresOfPoint));
  const share = Math.round(record.plan.share * 100);
  const x = { label: 'workers', ticks: [...new Set(points.map((point) => point.workers))].map(tick) };
  return [
    {
      ...{ title: `Scaling, each worker on ${share} % of a core`, kind: 'line', x, y: { label: 'SSE chunks', unit: '1/s' } },
      series: [...lines(points, (point) => point.chunks), ...ideal(points)],
    },
    {
      ...{ title: 'P95 of a whole stream', kind: 'line', x, y: { label: 'P95', unit: 'ms' } },
      series: lines(points, (point) => point.p95),
    },
  ];
}

function tick(workers: number): [number, string] {
  return [workers, String(workers)];
}

function lines(points: readonly PointFigures[], read: (point: PointFigures) => number | undefined): ChartSeries[] {
  const targets = [...new Set(points.map(({ target }) => target))];
  return targets.map((target) => ({
    name: NAMES[target],
    points: points
      .filter((point) => point.target === target)
      .sort((a, b) => a.workers - b.workers)
      .map((point): [number, number | null] => [point.workers, read(point) ?? null]),
  }));
}

function ideal(points: readonly PointFigures[]): ChartSeries[] {
  const own = points.filter(({ target }) => target === 'cluster').sort((a, b) => a.workers - b.workers);
  const [first] = own;
  if (!first) return [];
  const line = own.map(({ workers }): [number, number] => [workers, (first.chunks * workers) / first.workers]);
  return [{ name: 'so many times one worker', style: 'dashed', points: line }];
}
