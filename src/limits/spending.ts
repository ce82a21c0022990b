/** What one client has spent in the running period of its budget; what is reserved counts as spent. Pure. */
import { periodOf } from './period.js';
import type { BudgetPeriod } from './types.js';

/** A budget that is spent is used again with its next period, which may be weeks away; clients are told a day at most. */
export const LONGEST_WAIT = 86_400_000;

export class Spending {
  #period = '';
  /** Of the period that is counted in: its length's name, and between which times. */
  #per: BudgetPeriod | undefined;
  #seen = 0;
  #end = 0;
  #usd = 0;

  /** `wall`: milliseconds since the epoch. */
  spent(per: BudgetPeriod, wall: number): number {
    this.#turn(per, wall);
    return this.#usd;
  }

  /** The period that it was counted in. */
  add(usd: number, per: BudgetPeriod, wall: number): string {
    this.#turn(per, wall);
    this.#usd = Math.max(0, this.#usd + usd);
    return this.#period;
  }

  /** What was reserved in `period` turned out to be more or less; a period that is over is over. */
  correct(period: string, difference: number): void {
    if (period === this.#period) this.#usd = Math.max(0, this.#usd + difference);
  }

  /** A budget of another length goes on from what is spent: a reload must not give it anew. */
  #turn(per: BudgetPeriod, wall: number): void {
    if (per === this.#per && wall >= this.#seen && wall < this.#end) return;
    const { name, left } = periodOf(per, wall);
    if (per === this.#per && name !== this.#period) this.#usd = 0;
    this.#period = name;
    this.#per = per;
    this.#seen = wall;
    this.#end = wall + left;
  }
}
