/** One line of a users' file: what a virtual user is and says. All but the weight may be absent: then it is the run's. */
export interface UserRow {
  /** Client key presented as bearer token (Messages: `x-api-key`). */
  key?: string;
  /** Kept for all its conversations. */
  session?: string;
  model?: string;
  system?: string;
  /** First words of each conversation. */
  prompt?: string;
  /** Share of the users that are this row, beside the others' weights. */
  weight: number;
}

const GOLDEN_RATIO = 0.6180339887498949;

/** Deals users over rows by weight: in turn where all weigh the same, else evenly spread, so that any few hundred users show the weights. */
export class RowDealer {
  readonly #rows: readonly UserRow[];
  readonly #isEven: boolean;
  readonly #total: number;

  constructor(rows: readonly UserRow[]) {
    this.#rows = rows;
    this.#isEven = rows.every(({ weight }) => weight === rows[0]?.weight);
    this.#total = rows.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** The row of the n-th user; undefined when there are no rows. */
  rowOf(user: number): UserRow | undefined {
    if (this.#isEven) return this.#rows[user % this.#rows.length];
    let left = (((user + 1) * GOLDEN_RATIO) % 1) * this.#total;
    for (const row of this.#rows) {
      left -= row.weight;
      if (left < 0) return row;
    }
    return this.#rows.at(-1);
  }
}
