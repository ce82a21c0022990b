/** The newest few of many: a ring that overwrites its oldest. */
export class Newest<Item> {
  private readonly items: Item[] = [];
  private readonly most: number;
  private next = 0;

  constructor(most: number) {
    this.most = most;
  }

  add(item: Item): void {
    this.items[this.next] = item;
    this.next = (this.next + 1) % this.most;
  }

  /** Newest first. */
  list(): Item[] {
    return [...this.items.slice(0, this.next).reverse(), ...this.items.slice(this.next).reverse()];
  }
}
