/** The curve as one SVG file that needs nothing else. Pure. */
import { figuresOfPoint, type PointFigures } from './figures.js';
import { medianPoints } from './medians.js';
import { NAMES } from './names.js';
import type { ScalingRecord, ScalingTarget } from './words.js';

const COLOURS: Readonly<Record<ScalingTarget, string>> = { cluster: '#2563eb', go: '#0d9488', single: '#dc2626' };
const TARGETS: readonly ScalingTarget[] = ['cluster', 'go', 'single'];
const PANEL = { width: 420, height: 300, left: 64, top: 56, gap: 96 };
const TICKS = 4;

/** One of the two drawings: its title and what it shows of a point. */
interface Panel {
  title: string;
  x: number;
  most: number;
  read(point: PointFigures): number | undefined;
}

export function svgChart(record: ScalingRecord): string {
  const points = medianPoints(record.points.map(figuresOfPoint));
  const workers = [...new Set(points.map((point) => point.workers))];
  const second = PANEL.left + PANEL.width + PANEL.gap;
  const width = second + PANEL.width + 24;
  const height = PANEL.top + PANEL.height + 76;
  const { share } = record.plan;
  const { cpuModel, node, commit } = record.environment;
  const panels = [
    panel('chunks/s (dashed: so many times one worker)', PANEL.left, points, (point) => point.chunks),
    panel('P95 of a whole stream, s', second, points, (point) => (point.p95 === undefined ? undefined : point.p95 / 1000)),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(
      PANEL.left,
      22,
      `Emulated cores: each worker on ${Math.round(share * 100)} % of a core (${escapeXml(cpuModel)}, Node ${escapeXml(node)}, ${escapeXml(commit)})`,
      'start',
      14,
    ),
    ...panels.map((one) => drawPanel(one, points, workers)),
    ...TARGETS.map((target, index) => legend(target, index, height - 16)),
    '</svg>',
    '',
  ].join('\n');
}

function panel(title: string, x: number, points: readonly PointFigures[], read: Panel['read']): Panel {
  return { title, x, read, most: roundUp(Math.max(1e-9, ...points.map((point) => read(point) ?? 0))) };
}

function drawPanel(one: Panel, points: readonly PointFigures[], workers: readonly number[]): string {
  const bottom = PANEL.top + PANEL.height;
  const axes = `<path d="M${one.x} ${PANEL.top}V${bottom}H${one.x + PANEL.width}" fill="none" stroke="#475569"/>`;
  const grid = Array.from({ length: TICKS + 1 }, (_, tick) => gridLine(one, (one.most * tick) / TICKS));
  const labels = workers.map((count) => text(atX(one, count, workers), bottom + 18, String(count), 'middle'));
  const lines = TARGETS.map((target) =>
    line(
      one,
      points.filter((point) => point.target === target),
      workers,
      target,
    ),
  );
  const title = text(one.x, PANEL.top - 12, one.title, 'start');
  const below = text(one.x + PANEL.width / 2, bottom + 36, 'workers', 'middle');
  return [axes, ...grid, ...labels, title, below, ideal(one, points, workers), ...lines].join('\n');
}

function gridLine(one: Panel, value: number): string {
  const y = atY(one, value);
  const rule = `<path d="M${one.x} ${y}h${PANEL.width}" stroke="#e2e8f0"/>`;
  return rule + text(one.x - 6, y + 4, value.toLocaleString('en-US', { maximumSignificantDigits: 3 }), 'end');
}

function line(one: Panel, points: readonly PointFigures[], workers: readonly number[], target: ScalingTarget): string {
  const places = points.flatMap((point): [number, number][] => {
    const value = one.read(point);
    return value === undefined ? [] : [[atX(one, point.workers, workers), atY(one, value)]];
  });
  const path = `<polyline points="${places.map((place) => place.join(',')).join(' ')}" fill="none" stroke="${COLOURS[target]}" stroke-width="2"/>`;
  return path + places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3.5" fill="${COLOURS[target]}"/>`).join('');
}

/** Perfect scaling of the cluster's own first point; in the drawing of throughput only. */
function ideal(one: Panel, points: readonly PointFigures[], workers: readonly number[]): string {
  const base = points.find((point) => point.target === 'cluster');
  if (!base || !one.title.startsWith('chunks')) return '';
  const places = workers.map(
    (count) => `${atX(one, count, workers)},${atY(one, Math.min(one.most, (base.chunks * count) / base.workers))}`,
  );
  return `<polyline points="${places.join(' ')}" fill="none" stroke="#94a3b8" stroke-dasharray="5 4"/>`;
}

function legend(target: ScalingTarget, index: number, y: number): string {
  const x = PANEL.left + index * 140;
  return `<rect x="${x}" y="${y - 9}" width="18" height="4" fill="${COLOURS[target]}"/>${text(x + 24, y - 3, NAMES[target], 'start')}`;
}

/** Worker counts to scale, so that perfect scaling is a straight line. */
function atX(one: Panel, count: number, workers: readonly number[]): number {
  return one.x + (PANEL.width * count) / Math.max(...workers);
}

function atY(one: Panel, value: number): number {
  return PANEL.top + PANEL.height * (1 - value / one.most);
}

/** To a number that four grid lines divide well. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8].find((step) => step * power >= value) ?? 10) * power;
}

function text(x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end', size = 12): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}" fill="#0f172a">${words}</text>`;
}

function escapeXml(words: string): string {
  return words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
