/** The drawings of a page: made when they come into sight, redrawn when width or colours change. */
import type { Chart } from '../../scenarios/findings.js';
import { type Drawing, draw } from './uplot.js';

export class Drawings {
  readonly #charts: readonly Chart[];
  readonly #drawn = new Map<HTMLElement, Drawing>();
  readonly #resized = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries)
      if (contentRect.width > 0) this.#drawn.get(target as HTMLElement)?.resize(Math.floor(contentRect.width));
  });

  constructor(charts: readonly Chart[]) {
    this.#charts = charts;
  }

  /** A page may hold a hundred charts: each is drawn when it is nearly in sight, all of them for paper. */
  watch(): void {
    const places = [...document.querySelectorAll<HTMLElement>('.plot[data-chart]')];
    const seen = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) if (isIntersecting) this.ensure(target as HTMLElement);
      },
      { rootMargin: '400px' },
    );
    for (const place of places) seen.observe(place);
    addEventListener('beforeprint', () => {
      for (const place of places) if (place.clientWidth > 0) this.ensure(place);
    });
  }

  ensure(place: HTMLElement): Drawing | undefined {
    const chart = this.#charts[Number(place.dataset['chart'])];
    if (!chart || this.#drawn.has(place)) return this.#drawn.get(place);
    const drawing = draw(place, chart, place.dataset['group'] ?? '');
    this.#drawn.set(place, drawing);
    this.#resized.observe(place);
    return drawing;
  }

  redraw(): void {
    for (const drawing of this.#drawn.values()) drawing.redraw();
  }
}
