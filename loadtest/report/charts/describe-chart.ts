/** A chart in words, for those who hear the page. Pure. */
import type { Chart } from '../../scenarios/findings.js';
import { decimalsFor, unitText } from '../figure-rows.js';
import { numeral } from '../text-table.js';

/** `Throughput: requests/s from 0 to 41.2, at the end 39.8 1/s; in flight …; gateway idle 1.2`. */
export function describeChart({ title, y, series, levels = [], names }: Chart): string {
  const parts = series.map(({ name, points, right }) => {
    const values = points.flatMap(([, value]) => (value === null ? [] : [value]));
    if (values.length === 0) return `${name}: nothing`;
    const decimals = Math.min(2, decimalsFor(values));
    const [least, most, last] = [Math.min(...values), Math.max(...values), values.at(-1)];
    const words = [least, most, last].map((value) => numeral(value, decimals));
    return `${name}: ${words[0]} to ${words[1]}, last ${words[2]} ${unitText((right ?? y).unit ?? '')}`.trim();
  });
  const lines = levels.map(({ label, value }) => `${label} ${numeral(value, Math.min(2, decimalsFor([value])))}`);
  const over = names ? ` over ${names.join(', ')}` : '';
  return `${title}${over}. ${[...parts, ...lines].join('; ')}.`;
}
