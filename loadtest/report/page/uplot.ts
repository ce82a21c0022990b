/** The door to uPlot: a chart as data → a drawing on the page. Colours are read from the style at each drawing, so a theme change is a redraw. */
import uPlot from 'uplot';
import type { Axis, Chart } from '../../scenarios/findings.js';
import { alignedData, stackedData } from './aligned.js';
import { colour, faint } from './colour.js';
import { drawLevels, drawMarks } from './marks.js';
import { axisNumber, legendNumber } from './numbers.js';

/** A chart that is drawn. */
export interface Drawing {
  show(chart: Chart): void;
  resize(width: number): void;
  redraw(): void;
  remove(): void;
}

const HEIGHT = 230;
const COLOURS = 6;
const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
/** Lines past the sixth share a colour with an earlier one and differ by their dashes. */
const DASHES = [[], [7, 4], [2, 3]];

/** Draws into `place`; charts with the same `group` show one moment together. */
export function draw(place: HTMLElement, chart: Chart, group: string): Drawing {
  const shown = { chart };
  const plot = new uPlot(optionsOf(shown, group, place.clientWidth), dataOf(chart), place);
  return {
    show: (next) => {
      shown.chart = next;
      plot.setData(dataOf(next));
    },
    resize: (width) => plot.setSize({ width, height: HEIGHT }),
    redraw: () => plot.redraw(false, true),
    remove: () => plot.destroy(),
  };
}

function dataOf(chart: Chart): uPlot.AlignedData {
  return (chart.kind === 'stacked' ? stackedData(chart.series) : alignedData(chart.series)) as uPlot.AlignedData;
}

/** `shown` changes when a chart grows: marks and levels are read from it at each drawing. */
function optionsOf(shown: { chart: Chart }, group: string, width: number): uPlot.Options {
  const { x, y, series, kind } = shown.chart;
  const right = series.find((one) => one.right)?.right;
  const levels = (): Chart['levels'] => shown.chart.levels;
  return {
    ...{ width, height: HEIGHT, padding: [14, right ? 0 : 14, 0, 0] },
    scales: { x: { time: false, ...logOf(x) }, y: scaleOf(y, levels), ...(right && { right: scaleOf(right) }) },
    axes: [axisOf(x, 'x', 2), axisOf(y, 'y', 3), ...(right ? [axisOf(right, 'right', 1)] : [])],
    series: [
      { label: x.label, value: (_, value) => tickText(x, value) },
      ...series.map((_, index) => seriesOf(shown.chart, index)),
    ],
    bands: kind === 'stacked' ? series.slice(1).map((_, index) => ({ series: [index + 2, index + 1] as [number, number] })) : [],
    cursor: { sync: { key: group }, points: { size: 7 }, focus: { prox: 24 } },
    focus: { alpha: 0.35 },
    legend: { live: true },
    hooks: { drawAxes: [(plot) => drawMarks(plot, shown.chart.marks)], draw: [(plot) => drawLevels(plot, levels())] },
  };
}

function seriesOf({ series, kind, y }: Chart, index: number): uPlot.Series {
  const one = series[index];
  const name = `--c${(index % COLOURS) + 1}`;
  const own = () => colour(name);
  const few = (one?.points.length ?? 0) < 24;
  const unit = (one?.right ?? y).unit ?? '';
  return {
    ...{ label: one?.name ?? '', scale: one?.right ? 'right' : 'y', stroke: own, width: 1.75 },
    dash: one?.style === 'dashed' ? [5, 5] : DASHES[Math.floor(index / COLOURS)],
    paths: one?.style === 'points' ? () => null : undefined,
    points: { show: one?.style === 'points' || few, size: few ? 5 : 6, fill: own },
    fill: kind === 'stacked' ? () => faint(name, 0.4) : undefined,
    value: (plot, _value, at, where) => legendNumber(ownValue(plot, kind, at, where), unit),
  };
}

/** Of stacked lines the legend says the own part and not the sum. */
function ownValue(plot: uPlot, kind: Chart['kind'], at: number, where: number | null): number | null | undefined {
  if (where === null) return null;
  const value = plot.data[at]?.[where];
  if (kind !== 'stacked' || value === null || value === undefined) return value;
  return value - (at > 1 ? (plot.data[at - 1]?.[where] ?? 0) : 0);
}

function axisOf(axis: Axis, scale: string, side: number): uPlot.Axis {
  const ticks = axis.ticks;
  return {
    ...{ scale, side, font: FONT, stroke: () => colour('--quiet'), size: side === 2 ? 34 : 52, gap: 5 },
    grid: { show: side !== 1, stroke: () => colour('--grid'), width: 1 },
    ticks: { stroke: () => colour('--grid'), width: 1, size: 4 },
    ...(side === 2 && !ticks && { space: 64 }),
    ...(axis.scale === 'log' && {
      splits: (_: uPlot, _axis: number, least: number, most: number) => decades(least, most),
      filter: (_: uPlot, splits: number[]) => splits,
    }),
    ...(ticks && {
      splits: (plot: uPlot) => roomy(plot, scale, ticks),
      values: (_: uPlot, at: number[]) => at.map((value) => tickText(axis, value)),
    }),
    ...(!ticks && { values: (_: uPlot, at: (number | null)[]) => at.map((value) => (value === null ? '' : axisNumber(value))) }),
  };
}

/** Of a log axis the powers of ten, and 2 and 5 between them where there are few. */
function decades(least: number, most: number): number[] {
  const mantissas = most / least > 1000 ? [1] : [1, 2, 5];
  const first = Math.floor(Math.log10(least));
  const powers = Array.from({ length: Math.ceil(Math.log10(most)) - first + 1 }, (_, index) => 10 ** (first + index));
  return powers.flatMap((power) => mantissas.map((mantissa) => mantissa * power)).filter((at) => at >= least && at <= most);
}

/** Given marks that are in sight and not in each other's way. */
function roomy(plot: uPlot, scale: string, ticks: readonly [number, string][]): number[] {
  const { min = 0, max = 1 } = plot.scales[scale] ?? {};
  let last = Number.NEGATIVE_INFINITY;
  return ticks.flatMap(([value]) => {
    const at = ((value - min) / (max - min || 1)) * plot.width;
    if (value < min || value > max || at - last < 56) return [];
    last = at;
    return [value];
  });
}

function tickText(axis: Axis, value: number | null): string {
  if (value === null) return '–';
  const tick = axis.ticks?.find(([at]) => Math.abs(at - value) < 1e-9);
  if (tick) return tick[1];
  // An axis of nines: what lies between two marks is said as a percentage too.
  if (axis.ticks?.some(([, text]) => text.endsWith('%'))) return `${Number((100 * (1 - 10 ** -value)).toPrecision(6))} %`;
  return legendNumber(value, axis.unit ?? '');
}

function logOf(axis: Axis): uPlot.Scale {
  return axis.scale === 'log' ? { distr: 3, log: 10, range: (_plot, least, most) => logRange(least, most) } : {};
}

/** As far as the data goes: whole powers of ten would leave half of a short axis empty. A single value stands in the middle. */
function logRange(least: number | null, most: number | null): [number, number] {
  if (least === null || most === null || least <= 0) return [0.1, 10];
  return least === most ? [least / 2, most * 2] : [least * 0.95, most * 1.05];
}

/** From zero, with room above for the lines that are no data; a log axis from where the data begins. */
function scaleOf(axis: Axis, levels: () => Chart['levels'] = () => []): uPlot.Scale {
  if (axis.scale === 'log') return logOf(axis);
  const highest = (): number => Math.max(0, ...(levels() ?? []).map(({ value }) => value));
  return { range: (_plot, least, most) => [Math.min(0, least ?? 0), Math.max(most ?? 0, highest()) * 1.08 || 1] };
}
