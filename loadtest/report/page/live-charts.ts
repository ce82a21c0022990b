import type { Chart } from '../../scenarios/findings.js';
import { type Drawing, draw } from './uplot.js';

interface Shown {
  place: HTMLElement;
  drawing: Drawing;
  /** Names of the lines: with others the drawing is made anew. */
  lines: string;
}

/** Charts that grow: made when they first have something to show. */
export class LiveCharts {
  readonly #root: HTMLElement;
  readonly #shown = new Map<string, Shown>();
  readonly #resized = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries)
      for (const { place, drawing } of this.#shown.values())
        if (place === target && contentRect.width > 0) drawing.resize(Math.floor(contentRect.width));
  });

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  show(charts: readonly Chart[]): void {
    for (const chart of charts) {
      const lines = chart.series.map(({ name }) => name).join('\n');
      const before = this.#shown.get(chart.title);
      if (before?.lines === lines) before.drawing.show(chart);
      else this.#make(chart, lines, before);
    }
  }

  redraw(): void {
    for (const { drawing } of this.#shown.values()) drawing.redraw();
  }

  #make(chart: Chart, lines: string, before: Shown | undefined): void {
    before?.drawing.remove();
    const place = before?.place ?? this.#frame(chart);
    this.#shown.set(chart.title, { place, lines, drawing: draw(place, chart, 'live') });
    this.#resized.observe(place);
  }

  #frame({ title, y }: Chart): HTMLElement {
    const [figure, caption, name, about, place] = ['figure', 'figcaption', 'span', 'span', 'div'].map((tag) =>
      document.createElement(tag),
    ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
    figure.className = 'chart';
    Object.assign(name, { className: 'chart-title', textContent: title });
    Object.assign(about, { className: 'quiet', textContent: ` ${y.label}${y.unit ? `, ${y.unit}` : ''}` });
    place.className = 'plot';
    place.setAttribute('role', 'img');
    // A chart that changes each second is not read out each second: the numbers above say the same.
    place.setAttribute('aria-label', `${title}; the figures above say the latest values`);
    caption.append(name, about);
    figure.append(caption, place);
    this.#root.append(figure);
    return place;
  }
}
