/** What is drawn beside the data: bands and lines over time, levels across. */
import type { Chart } from '../../scenarios/findings.js';
import { colour } from './colour.js';

/** What of a drawing is needed here; lengths in the canvas' own pixels. */
interface Plot {
  readonly ctx: CanvasRenderingContext2D;
  readonly bbox: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  valToPos(value: number, scale: string, canvas: boolean): number;
}

const pixels = (): number => window.devicePixelRatio || 1;

/** Under the data: a band from–to or a line at `from`, named at its top. */
export function drawMarks(plot: Plot, marks: Chart['marks']): void {
  const { left, top, width, height } = plot.bbox;
  inside(plot, () => {
    for (const { label, from, to } of marks ?? []) {
      const start = Math.max(left, plot.valToPos(from, 'x', true));
      const end = Math.min(left + width, to === undefined ? start : plot.valToPos(to, 'x', true));
      if (start > left + width || end < left) continue;
      plot.ctx.fillStyle = colour('--band');
      if (end > start) plot.ctx.fillRect(start, top, end - start, height);
      line(plot, [start, top, start, top + height]);
      write(plot, label, start + 4 * pixels(), top + 11 * pixels());
    }
  });
}

/** Over the data: a dashed line with its name and value at the left, where the load has not begun. Names that would lie upon each other move apart. */
export function drawLevels(plot: Plot, levels: Chart['levels']): void {
  const { left, top, width, height } = plot.bbox;
  const placed: number[] = [];
  inside(plot, () => {
    for (const { label, value } of [...(levels ?? [])].sort((a, b) => b.value - a.value)) {
      const y = plot.valToPos(value, 'y', true);
      if (y < top || y > top + height) continue;
      line(plot, [left, y, left + width, y]);
      const least = Math.max(y - 4 * pixels(), (placed.at(-1) ?? Number.NEGATIVE_INFINITY) + 13 * pixels(), top + 10 * pixels());
      placed.push(least);
      write(plot, `${label} ${value >= 100 ? value.toFixed(0) : value.toFixed(1)}`, left + 4 * pixels(), least);
    }
  });
}

function inside(plot: Plot, act: () => void): void {
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  plot.ctx.clip();
  act();
  plot.ctx.restore();
}

function line({ ctx }: Plot, [x, y, toX, toY]: [number, number, number, number]): void {
  ctx.beginPath();
  ctx.setLineDash([4 * pixels(), 4 * pixels()]);
  ctx.lineWidth = pixels();
  ctx.strokeStyle = colour('--mark');
  ctx.moveTo(x, y);
  ctx.lineTo(toX, toY);
  ctx.stroke();
}

/** On a ground of its own, so that a line behind it does not strike it through. */
function write({ ctx }: Plot, text: string, x: number, y: number): void {
  ctx.font = `${10.5 * pixels()}px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  const { width } = ctx.measureText(text);
  ctx.globalAlpha = 0.85;
  ctx.fillStyle = colour('--panel');
  ctx.fillRect(x - 2 * pixels(), y - 9 * pixels(), width + 4 * pixels(), 12 * pixels());
  ctx.globalAlpha = 1;
  ctx.fillStyle = colour('--quiet');
  ctx.fillText(text, x, y);
}
