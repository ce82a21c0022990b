/** A map that takes no new names once it is full; what it could not take is counted, so that a reader sees the gap. */
export class BoundedTable<Row> {
  readonly rows = new Map<string, Row>();
  overflow = 0;
  private readonly most: number;
  private readonly makeRow: () => Row;

  constructor(most: number, makeRow: () => Row) {
    this.most = most;
    this.makeRow = makeRow;
  }

  /** The row of this name, made when it is new; undefined when the table is full. */
  rowFor(name: string): Row | undefined {
    let row = this.rows.get(name);
    if (row === undefined) {
      if (this.rows.size >= this.most) {
        this.overflow += 1;
        return undefined;
      }
      row = this.makeRow();
      this.rows.set(name, row);
    }
    return row;
  }

  /** One plain value for each name. */
  project<Value>(value: (row: Row) => Value): Record<string, Value> {
    return Object.fromEntries(Array.from(this.rows, ([name, row]) => [name, value(row)]));
  }
}

/** The last so many things, oldest first. */
export class Ring<Item> {
  private readonly items: Item[] = [];
  private readonly most: number;
  private next = 0;

  constructor(most: number) {
    this.most = most;
  }

  push(item: Item): void {
    if (this.items.length < this.most) this.items.push(item);
    else this.items[this.next] = item;
    this.next = (this.next + 1) % this.most;
  }

  last(count: number): Item[] {
    const ordered =
      this.items.length < this.most ? this.items : [...this.items.slice(this.next), ...this.items.slice(0, this.next)];
    return count <= 0 ? [] : ordered.slice(-count);
  }
}
