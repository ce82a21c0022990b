/** Numbers as an axis and a legend write them. */

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });

/** Short: an axis has little room. */
export function axisNumber(value: number): string {
  return Math.abs(value) >= 10_000 ? compact.format(value) : String(Number(value.toPrecision(4)));
}

/** With its unit; `–` where there is none. */
export function legendNumber(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '–';
  const decimals = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return unit ? `${text} ${unit === 'us' ? 'µs' : unit}` : text;
}
