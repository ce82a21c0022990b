/** Calendar periods of UTC, by number; weeks begin on Monday (ISO 8601). The Lua of `store/lua/limits.ts` counts alike. */
import type { BudgetPeriod } from './types.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** 1970-01-01 was a Thursday: its week began three days before. */
const FIRST_MONDAY = 3 * DAY;

export interface Period {
  /** Differs from that of any other period of any length. */
  readonly name: string;
  /** Milliseconds until the next. */
  readonly left: number;
}

/** The period that `wall` (milliseconds since the epoch) is in. */
export function periodOf(per: BudgetPeriod, wall: number): Period {
  if (per === 'month') return monthOf(wall);
  const length = { hour: HOUR, day: DAY, week: WEEK }[per];
  const since = per === 'week' ? wall + FIRST_MONDAY : wall;
  const index = Math.floor(since / length);
  return { name: `${per}:${index}`, left: (index + 1) * length - since };
}

function monthOf(wall: number): Period {
  const date = new Date(wall);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { name: `month:${year * 12 + month}`, left: Date.UTC(year, month + 1) - wall };
}
