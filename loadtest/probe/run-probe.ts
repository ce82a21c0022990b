import { copyFile, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../result.js';
import type { RunSetting } from '../run.js';
import { grown, type HeapClass, type HeapSnapshot, heapClasses } from './heap-classes.js';
import { ProbedProcesses } from './probed-processes.js';
import type { MemoryRow, Moment, ProbeFindings } from './render.js';
import { type CpuProfile, selfTimes } from './self-time.js';
import { SourcePlaces } from './source-places.js';
import type { Memory } from './words.js';

export interface ProbeWishes {
  profileCpu?: boolean;
  heap?: boolean;
}

/** V8's default is 1,000: a chunk costs 20 to 60 µs, so a finer one finds more in a short run for some percent of CPU. */
const SAMPLING_MICROSECONDS = 500;
/** A snapshot stops its process for about a second per 50 MB and needs as much again to be written. */
const MOST_SNAPSHOT_BYTES = 256 * 2 ** 20;
/** Of the load's length: by then everyone has come and nobody leaves yet. */
const PEAK_AT = 0.8;

/** Profiles and heaps of one run's gateway. Its times are not those of a gateway that is left alone. */
export class RunProbe {
  readonly #wishes: ProbeWishes;
  readonly #plan: RunPlan;
  readonly #processes: ProbedProcesses;
  readonly #interrupt: AbortSignal;
  readonly #memory: MemoryRow[] = [];
  readonly #files: string[] = [];
  readonly #faults: string[] = [];
  /** The process of which snapshots are taken: of several workers one is as good as the other. */
  #examined = 0;

  private constructor(wishes: ProbeWishes, plan: RunPlan, processes: ProbedProcesses, interrupt: AbortSignal) {
    this.#wishes = wishes;
    this.#plan = plan;
    this.#processes = processes;
    this.#interrupt = interrupt;
  }

  /** Undefined when nothing was wished for. Throws for a target that is not ours to start on Node. */
  static async of(wishes: ProbeWishes, plan: RunPlan, home: string, interrupt: AbortSignal): Promise<RunProbe | undefined> {
    if (!wishes.profileCpu && !wishes.heap) return undefined;
    if (!['cluster', 'single', 'conventional'].includes(plan.target))
      throw new Error(`--profile-cpu and --heap look into cluster, single and conventional, not into ${plan.target}`);
    return new RunProbe(wishes, plan, await ProbedProcesses.prepare(join(home, 'load-agent.js')), interrupt);
  }

  /** To be added to the run's settings. */
  get hooks(): Pick<RunSetting, 'env' | 'onGateway' | 'duringLoad' | 'afterLoad'> {
    return {
      env: this.#processes.env,
      onGateway: () => this.#lookAtHeap('idle'),
      duringLoad: () => this.#underLoad(),
      afterLoad: () => this.#lookAtHeap('after'),
    };
  }

  async #underLoad(): Promise<void> {
    const milliseconds = (this.#plan.warmupSeconds + this.#plan.durationSeconds) * 1000;
    const { profileCpu, heap } = this.#wishes;
    const pids = profileCpu ? await this.#processes.pids() : [];
    await this.#each(pids, (pid) => this.#startProfile(pid));
    // With both, the profile ends before the snapshots begin: it would show little else.
    await this.#wait(milliseconds * (heap ? PEAK_AT : 1));
    await this.#each(pids, (pid) => this.#stopProfile(pid));
    await this.#lookAtHeap('peak');
  }

  #wait(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: this.#interrupt }).catch(() => {});
  }

  async #startProfile(pid: number): Promise<void> {
    await this.#processes.ask(pid, { do: 'profile-start', intervalMicroseconds: SAMPLING_MICROSECONDS });
  }

  async #stopProfile(pid: number): Promise<void> {
    const file = this.#fileOf(await this.#roleOf(pid), 'cpuprofile');
    await this.#processes.ask(pid, { do: 'profile-stop', file });
    this.#files.push(file);
  }

  /** Memory of every process after a collection, and a snapshot of the first worker (of the only process). */
  async #lookAtHeap(moment: Moment): Promise<void> {
    if (!this.#wishes.heap || this.#interrupt.aborted) return;
    const pids = await this.#processes.pids();
    this.#examined ||= pids[1] ?? pids[0] ?? 0;
    await this.#each(pids, async (pid) => {
      const { memory } = await this.#processes.ask(pid, { do: 'memory' });
      this.#memory.push({ process: await this.#roleOf(pid), moment, memory: memory as Memory });
    });
    await this.#each(pids.includes(this.#examined) ? [this.#examined] : [], (pid) => this.#snapshot(pid, moment));
  }

  async #snapshot(pid: number, moment: Moment): Promise<void> {
    const file = this.#fileOf(`${await this.#roleOf(pid)}-${moment}`, 'heapsnapshot');
    await this.#processes.ask(pid, { do: 'snapshot', file, mostBytes: MOST_SNAPSHOT_BYTES });
    this.#files.push(file);
  }

  /** One process that dies, or refuses, does not take the others' results. */
  async #each(pids: readonly number[], act: (pid: number) => Promise<void>): Promise<void> {
    const told = await Promise.allSettled(pids.map(act));
    for (const one of told) if (one.status === 'rejected') this.#faults.push((one.reason as Error).message);
  }

  /** The primary is the eldest; in a single process there is no other. */
  async #roleOf(pid: number): Promise<string> {
    const pids = await this.#processes.pids();
    if (pids.length === 1) return 'gateway';
    const place = pids.indexOf(pid);
    return place === 0 ? 'primary' : `worker-${place}`;
  }

  #fileOf(role: string, ending: string): string {
    const run = `${this.#plan.target}${(this.#plan.repeat ?? 1) > 1 ? `-${this.#plan.repeat}` : ''}`;
    return this.#processes.file(`${run}-${role}.${ending}`);
  }

  /** Copies the files into the results' folder and says what is in them. The probe is over then. */
  async finish(place: string): Promise<ProbeFindings> {
    const files = this.#files.map((file) => basename(file));
    for (const file of this.#files) await copyFile(file, join(place, basename(file)));
    const findings = { label: this.#plan.label, files, faults: this.#faults, memory: this.#memory, ...(await this.#examine()) };
    await this.#processes.remove();
    return findings;
  }

  async #examine(): Promise<Pick<ProbeFindings, 'busy' | 'grown'>> {
    const profiles = await Promise.all(this.#filesWith('.cpuprofile').map((file) => readJson<CpuProfile>(file)));
    const [before, after] = await Promise.all(['-idle.', '-after.'].map((moment) => this.#classes(moment)));
    return {
      busy: profiles.length > 0 ? selfTimes(profiles, new SourcePlaces().placeOf) : undefined,
      grown: before && after ? grown(before, after) : undefined,
    };
  }

  async #classes(moment: string): Promise<Map<string, HeapClass> | undefined> {
    const file = this.#filesWith('.heapsnapshot').find((name) => name.includes(moment));
    return file === undefined ? undefined : heapClasses(await readJson<HeapSnapshot>(file));
  }

  #filesWith(ending: string): string[] {
    return this.#files.filter((file) => file.endsWith(ending));
  }
}

async function readJson<Kind>(file: string): Promise<Kind> {
  return JSON.parse(await readFile(file, 'utf8')) as Kind;
}
