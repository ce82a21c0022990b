/** Numbers for people. */

/** `148`, `12.4`, `0.056`, with the unit behind: three digits say what a load test knows. */
export function inWords(value: number, unit = ''): string {
  if (!Number.isFinite(value)) return 'not measured';
  return unit === '' ? digits(value) : `${digits(value)} ${unit}`;
}

function digits(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : String(Number(value.toPrecision(3)));
}
