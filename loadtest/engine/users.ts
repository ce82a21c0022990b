import { RowDealer, type UserRow } from './user-row.js';
import { type UserPlan, VirtualUser } from './virtual-user.js';

/** Makes the users of a run, each with its row where a file has rows. */
export class Users {
  readonly #plan: UserPlan;
  readonly #dealer: RowDealer;

  constructor(plan: UserPlan & { rows?: readonly UserRow[] }) {
    this.#plan = plan;
    this.#dealer = new RowDealer(plan.rows ?? []);
  }

  make(number: number): VirtualUser {
    return new VirtualUser(this.#plan, number, this.#dealer.rowOf(number));
  }
}
