/** The groups of one command: one that holds all, and one for each process in it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CpuGroup } from './cpu-group.js';
import { type CpuRoot, cpuRoots } from './cpu-roots.js';
import type { ThrottleCount } from './words.js';

const NAME = /^tidegate-scaling-(\d+)$/;

export class CpuTree {
  readonly #root: CpuRoot;
  /** Where this command runs: what is left in a group goes there. */
  readonly #refuge: CpuGroup;
  readonly #all: CpuGroup;
  readonly #members = new Map<string, CpuGroup>();

  private constructor(root: CpuRoot, refuge: CpuGroup, all: CpuGroup) {
    this.#root = root;
    this.#refuge = refuge;
    this.#all = all;
  }

  /** Makes the group that holds all, in the first folder where limits can be set. Where there is none it throws, and says for people what is missing. */
  static make(roots: readonly CpuRoot[] = machineRoots()): CpuTree {
    const refusals: string[] = [];
    for (const root of roots) {
      try {
        return CpuTree.#in(root, CpuGroup.at((roots[0] ?? root).folder, root.version));
      } catch (error) {
        refusals.push((error as Error).message);
      }
    }
    throw new Error(explain(refusals));
  }

  static #in(root: CpuRoot, refuge: CpuGroup): CpuTree {
    sweep(root, refuge);
    const folder = join(root.folder, `tidegate-scaling-${process.pid}`);
    CpuGroup.at(root.folder, root.version).allowLimitsBelow();
    const tree = new CpuTree(root, refuge, CpuGroup.make(folder, root.version));
    try {
      tree.#all.allowLimitsBelow();
      // Whether limits really can be set is known only by setting one.
      tree.#all.limit(1);
      tree.#all.lift();
      return tree;
    } catch (error) {
      tree.remove();
      throw error;
    }
  }

  /** The member group of that name, made when it is not there. */
  member(name: string): CpuGroup {
    const group = this.#members.get(name) ?? CpuGroup.make(join(this.#all.folder, name), this.#root.version);
    this.#members.set(name, group);
    return group;
  }

  /** A limit for all together, in cores, beside those of the members. */
  limitAll(cores: number): void {
    this.#all.limit(cores);
  }

  liftAll(): void {
    this.#all.lift();
    for (const group of this.#members.values()) group.lift();
  }

  throttle(): ThrottleCount {
    return this.#all.throttle();
  }

  /** Ends the members' groups; what still runs in them goes back to where this command runs. */
  clear(): void {
    for (const group of this.#members.values()) group.remove(this.#refuge);
    this.#members.clear();
  }

  /** Ends all groups. May be called again. */
  remove(): void {
    this.clear();
    if (existsSync(this.#all.folder)) this.#all.remove(this.#refuge);
  }
}

function machineRoots(): CpuRoot[] {
  try {
    return cpuRoots(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
  } catch {
    return [];
  }
}

/** Groups of an earlier command that was killed before it could remove them: its number names no process any more. */
function sweep({ folder, version }: CpuRoot, refuge: CpuGroup): void {
  for (const name of readdirSync(folder)) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    const left = join(folder, name);
    const inner = readdirSync(left, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const entry of inner) CpuGroup.at(join(left, entry.name), version).remove(refuge);
    CpuGroup.at(left, version).remove(refuge);
  }
}

function explain(refusals: readonly string[]): string {
  if (process.platform !== 'linux')
    return `holding processes to a CPU share needs Linux control groups; this is ${process.platform}`;
  const seen = refusals.length > 0 ? `; tried: ${refusals.join('; ')}` : '; no hierarchy with a CPU controller is mounted';
  return (
    'holding processes to a CPU share needs control groups that this user may write: run as root, or with ' +
    `\`systemd-run --user --scope -p Delegate=yes\`, or a container with --privileged --cgroupns=host${seen}`
  );
}
