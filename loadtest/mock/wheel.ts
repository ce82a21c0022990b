/** Something that wants to be run once at a time. `deadline` is in milliseconds of the wheel's clock. */
export interface WheelEntry {
  deadline: number;
  /** Set to true instead of being taken out: the wheel drops the entry when it next passes it (4.1 s at most). */
  cancelled: boolean;
  run(now: number): void;
}

const SLOTS = 4096;

/**
 * One timer for every stream of the process. Slots are one millisecond wide, an entry further away than one turn stays in
 * its slot until its turn comes. A slot is visited when it is over, so an entry runs 0–1 ms after its deadline plus what
 * the event loop adds; nothing ever runs early, and lateness does not add up because callers give absolute deadlines.
 */
export class TimerWheel {
  private readonly slots: WheelEntry[][] = Array.from({ length: SLOTS }, () => []);
  private readonly clock: () => number;
  /** The millisecond whose slot is visited next; what is due in an earlier one has run. */
  private cursor: number;
  private size = 0;
  private timer: NodeJS.Timeout | undefined;
  private armedFor = Infinity;
  private turning = false;

  constructor(clock: () => number = () => performance.now()) {
    this.clock = clock;
    this.cursor = Math.floor(clock());
  }

  /** Entries that wait, cancelled ones included until the wheel passes them. */
  get pending(): number {
    return this.size;
  }

  now(): number {
    return this.clock();
  }

  add(entry: WheelEntry): void {
    const millisecond = Math.max(Math.floor(entry.deadline), this.cursor);
    this.slot(millisecond).push(entry);
    this.size += 1;
    if (!this.turning && millisecond + 1 < this.armedFor) this.armAt(millisecond + 1);
  }

  /** Runs everything that is due. Called by the wheel's own timer; tests call it with a clock of theirs. */
  turn(): void {
    const now = this.clock();
    const last = Math.floor(now);
    this.turning = true;
    for (let at = Math.max(this.cursor, last - SLOTS + 1); at <= last; at++) this.visit(at % SLOTS, now);
    this.turning = false;
    this.cursor = last;
    this.armNext();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.armedFor = Infinity;
  }

  private slot(millisecond: number): WheelEntry[] {
    return this.slots[millisecond % SLOTS] as WheelEntry[];
  }

  private visit(index: number, now: number): void {
    const entries = this.slots[index] as WheelEntry[];
    if (entries.length === 0) return;
    this.slots[index] = [];
    for (const entry of entries) {
      if (!entry.cancelled && entry.deadline > now) {
        this.slot(index).push(entry);
        continue;
      }
      this.size -= 1;
      if (!entry.cancelled) entry.run(now);
    }
  }

  private armNext(): void {
    this.armedFor = Infinity;
    if (this.size === 0) return;
    for (let ahead = 0; ahead < SLOTS; ahead++) {
      if (this.slot(this.cursor + ahead).length > 0) return this.armAt(this.cursor + ahead + 1);
    }
  }

  private armAt(millisecond: number): void {
    clearTimeout(this.timer);
    this.armedFor = millisecond;
    this.timer = setTimeout(() => this.turn(), Math.max(1, Math.ceil(millisecond - this.clock())));
  }
}
