/** Horizontal bars in text: one group of bars for each worker count, and a mark where perfect scaling would end. Pure. */
import type { PointFigures } from './figures.js';
import { NAMES } from './names.js';

const COLUMNS = 50;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

export function textChart(points: readonly PointFigures[]): string {
  const ideals = points.map((point) => ideal(point, points));
  const most = Math.max(1, ...points.map((point) => point.chunks), ...ideals);
  const lines = points.map((point, index) => {
    const isFirst = point.workers !== points[index - 1]?.workers;
    const head = (isFirst ? String(point.workers) : '').padStart(2);
    return `${head}  ${NAMES[point.target].padEnd(14)} ${bar(point.chunks / most, (ideals[index] ?? 0) / most)} ${Math.round(point.chunks).toLocaleString('en-US')}`;
  });
  return ['chunks/s by number of workers (│ = so many times one worker)', ...lines].join('\n');
}

/** What the target's first point promises for this worker count; 0 where nothing is promised. */
function ideal(point: PointFigures, points: readonly PointFigures[]): number {
  const base = points.find((one) => one.target === point.target);
  return base && base !== point && point.target !== 'single' ? (base.chunks * point.workers) / base.workers : 0;
}

function bar(part: number, mark: number): string {
  const eighths = Math.round(part * COLUMNS * 8);
  const text = '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
  const at = Math.round(mark * COLUMNS);
  return mark > 0 && at >= text.length ? `${text.padEnd(at)}│` : text;
}
