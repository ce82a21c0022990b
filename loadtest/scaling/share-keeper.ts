/** Holds a gateway's processes to their CPU shares while it runs, those that come later too. */
import { processTree, readCpuSeconds } from '../engine/proc.js';
import type { CpuGroup } from './cpu-group.js';
import type { CpuTree } from './cpu-tree.js';
import type { PointPlan, ProcessReading, ThrottleCount } from './words.js';

/** A worker that replaces a dead one is without limits for at most so long. */
const LOOK_EACH_MS = 500;

/** What of the machine's groups the keeper needs; given in, so that a test needs no control groups. */
export type Shares = Pick<CpuTree, 'member' | 'limitAll' | 'liftAll' | 'throttle' | 'clear'>;

export class ShareKeeper {
  readonly #shares: Shares;
  readonly #plan: PointPlan;
  readonly #groups = new Map<number, CpuGroup>();
  readonly #findProcesses: (root: number) => number[];
  #root = 0;
  #limited = false;
  #looking: NodeJS.Timeout | undefined;

  constructor(shares: Shares, plan: PointPlan, findProcesses = processTree) {
    this.#shares = shares;
    this.#plan = plan;
    this.#findProcesses = findProcesses;
  }

  get limited(): boolean {
    return this.#limited;
  }

  /** Takes the tree of a process into care; nothing is limited yet. */
  hold(root: number): void {
    this.#root = root;
    this.#look();
    this.#looking = setInterval(() => this.#look(), LOOK_EACH_MS);
  }

  /** Limits from now on. The whole first: a member may not be given more than the whole has. */
  limit(): void {
    this.#look();
    this.#shares.limitAll(this.#plan.total);
    for (const group of this.#groups.values()) group.limit(this.#plan.each);
    this.#limited = true;
  }

  lift(): void {
    this.#shares.liftAll();
    this.#limited = false;
  }

  /** Nobody is held any more. */
  end(): void {
    clearInterval(this.#looking);
    this.lift();
    this.#shares.clear();
    this.#groups.clear();
  }

  processes(): ProcessReading[] {
    return [...this.#groups].flatMap(([pid, group]) => {
      const cpuSeconds = readCpuSeconds(pid);
      return cpuSeconds === undefined ? [] : [{ pid, isRoot: pid === this.#root, cpuSeconds, throttle: group.throttle() }];
    });
  }

  throttle(): ThrottleCount {
    return this.#shares.throttle();
  }

  #look(): void {
    for (const pid of this.#findProcesses(this.#root)) if (!this.#groups.has(pid)) this.#take(pid);
  }

  #take(pid: number): void {
    const group = this.#shares.member(`process-${pid}`);
    if (!group.add(pid)) return;
    if (this.#limited) group.limit(this.#plan.each);
    this.#groups.set(pid, group);
  }
}
