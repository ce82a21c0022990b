/** Figures as people read them. */

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const UNKNOWN = '–';

/** Up to three digits, then compact. */
export function count(value) {
  if (value === null || value === undefined) return UNKNOWN;
  return value < 10_000 ? whole.format(Math.round(value)) : compact.format(value);
}

export function rate(value) {
  if (value === null || value === undefined) return UNKNOWN;
  return value > 0 && value < 10 ? value.toFixed(1) : count(value);
}

export function percent(share, digits = 0) {
  if (share === null || share === undefined) return UNKNOWN;
  const value = share * 100;
  return `${value > 0 && value < 1 ? value.toFixed(Math.max(1, digits)) : value.toFixed(digits)} %`;
}

export function bytes(value) {
  if (value >= 1024 ** 3) return `${(value / 1024 ** 3).toFixed(1)} GB`;
  return `${Math.round(value / 1024 ** 2)} MB`;
}

/** Milliseconds, in the unit that fits. */
export function duration(value) {
  if (value === null || value === undefined) return UNKNOWN;
  if (value < 10) return `${value.toFixed(1)} ms`;
  if (value < 1_000) return `${Math.round(value)} ms`;
  if (value < 10_000) return `${(value / 1_000).toFixed(1)} s`;
  if (value < 120_000) return `${Math.round(value / 1_000)} s`;
  return span(value);
}

/** Milliseconds as days, hours, minutes: the two that matter. */
export function span(value) {
  const minutes = Math.floor(value / 60_000);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : `${Math.floor(value / 1_000)} s`;
}

export function dollars(value) {
  if (value === 0) return '$0';
  return value < 0.01
    ? `$${value.toFixed(4)}`
    : `$${value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

export function clock(at) {
  return new Date(at).toLocaleTimeString('en-GB');
}
