/**
 * Keeps one worker in every slot: forks, configures, replaces the dead, ends the stuck, scales, drains.
 * What to fork and what to do with the store's messages is given in; signals and files are not its business.
 */
import type { Worker } from 'node:cluster';
import type { GatewayConfig } from '../config.js';
import type { Log } from '../log.js';
import type { StoreToPrimary, ToPrimary, WorkerStats } from '../messages.js';
import { unblockStderr } from '../stderr.js';
import { describeSilence } from './end-of-worker.js';
import type { SupervisionLimits } from './limits.js';
import { Slot } from './slot.js';
import { type LinkOwner, WorkerLink } from './worker-link.js';

export interface SupervisorOptions {
  readonly fork: () => Worker;
  readonly limits: SupervisionLimits;
  readonly log: Log;
  /** Who hears what is not about processes. */
  readonly observer: SupervisorObserver;
}

/** A worker's answers to `metrics` and `usage`. */
export interface Counts {
  readonly metrics: unknown;
  readonly usage: unknown;
}

export interface SupervisorObserver {
  onReady(link: WorkerLink): void;
  onStore(link: WorkerLink, message: StoreToPrimary): void;
  /** The last counts of a worker that leaves in order. */
  onFarewell(link: WorkerLink, counts: Counts): void;
  onGone(link: WorkerLink): void;
  /** Once a second. */
  onTick(): void;
  /** Workers die before they serve, again and again: nothing left to try. */
  onHopeless(reason: string): void;
}

/** The watchdog looks and the cluster's state goes out this often, in milliseconds. */
const TICK = 1_000;
/** After saying `failed` a worker leaves by itself; this is how long it may take. */
const FAILED_GRACE = 1_000;

export class Supervisor implements LinkOwner {
  readonly #options: SupervisorOptions;
  readonly #slots: Slot[] = [];
  readonly #homes = new Map<WorkerLink, Slot>();
  readonly #readyWaiters = new Map<WorkerLink, () => void>();
  #config: GatewayConfig;
  #generation: number;
  #ticker: NodeJS.Timeout | undefined;
  #stopping = false;
  /** Set until every slot has been ready once. */
  #announce: (() => void) | undefined;
  /** Dead workers replaced since start. */
  restarts = 0;

  constructor(options: SupervisorOptions, config: GatewayConfig, generation: number) {
    this.#options = options;
    this.#config = config;
    this.#generation = generation;
  }

  /** Every worker that is not gone, those that leave included. */
  get links(): readonly WorkerLink[] {
    return [...this.#homes.keys()];
  }

  get slots(): readonly Slot[] {
    return this.#slots;
  }

  /** Workers that take new requests. */
  get readyCount(): number {
    return this.#slots.filter((slot) => slot.ready).length;
  }

  get inFlight(): number {
    return this.links.reduce((sum, link) => sum + (link.stats?.inFlight ?? 0), 0);
  }

  /** Deaths repaired in the place of this worker. */
  restartsOf(link: WorkerLink): number {
    return this.#homes.get(link)?.restarts ?? 0;
  }

  /** Fork all; resolves when all serve. A start that fails for good goes to `onHopeless` instead. */
  start(): Promise<void> {
    this.#ticker = setInterval(() => this.#tick(), TICK);
    return new Promise((resolve) => {
      this.#announce = resolve;
      this.#grow();
    });
  }

  /** Hand every worker a new configuration, and fork or drain until their number is the one it asks for. */
  configure(config: GatewayConfig, generation: number): void {
    this.#config = config;
    this.#generation = generation;
    for (const link of this.links) if (link.state === 'ready') this.#configure(link);
    while (this.#slots.length > config.server.workers) this.#dissolve(this.#slots.pop());
    this.#grow();
  }

  /**
   * Put a new worker in the slot's place without a gap: the holder is drained once its successor serves.
   * @throws Error when the successor does not become ready; the holder then stays.
   */
  async replace(slot: Slot): Promise<void> {
    slot.cancelRefill();
    const successor = this.#fork(slot);
    slot.successor = successor;
    await Promise.race([new Promise<void>((resolve) => this.#readyWaiters.set(successor, resolve)), successor.gone]);
    this.#readyWaiters.delete(successor);
    if (successor.state !== 'ready') throw new Error(successor.reason ?? 'left before it was ready');
  }

  /** Workers that were relieved and still finish streams get no longer than a drain. */
  hurryLeavers(): void {
    for (const link of this.links) if (link.state === 'leaving') this.#drain(link, this.#config.server.drain, 0);
  }

  /** Drain all; resolves when all are gone. Those not yet serving have nothing to finish. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const slot of this.#slots) slot.cancelRefill();
    for (const link of this.links) {
      if (link.wasReady) this.#drain(link, this.#config.server.drain, 0);
      else link.kill('stopped while starting');
    }
    await Promise.all(this.links.map((link) => link.gone));
    clearInterval(this.#ticker);
  }

  /** End all at once; whatever they serve is cut. */
  kill(): void {
    this.#stopping = true;
    for (const link of this.links) link.kill('the gateway leaves at once');
  }

  onMessage(link: WorkerLink, message: ToPrimary): void {
    const { observer } = this.#options;
    if (message.type === 'hello') this.#configure(link);
    else if (message.type === 'ready') this.#welcome(link);
    else if (message.type === 'failed') this.#giveUp(link, message.reason);
    else if (message.type === 'stats') this.#note(link, message.stats);
    else if (message.type === 'farewell') observer.onFarewell(link, message);
    else if (message.type !== 'answer') observer.onStore(link, message);
  }

  onGone(link: WorkerLink): void {
    unblockStderr();
    const slot = this.#homes.get(link);
    this.#homes.delete(link);
    this.#options.observer.onGone(link);
    if (!slot) return;
    const empty = slot.vacate(link);
    if (link.left) this.#options.log.info({ worker: link.id, workerPid: link.pid }, 'worker has left');
    else this.#options.log.warn({ worker: link.id, workerPid: link.pid, slot: slot.index, reason: link.reason }, 'worker died');
    if (empty) this.#refill(slot, link);
  }

  #grow(): void {
    while (this.#slots.length < this.#config.server.workers) {
      const slot = new Slot(this.#slots.length, this.#options.limits.restart);
      this.#slots.push(slot);
      slot.holder = this.#fork(slot);
    }
  }

  #dissolve(slot: Slot | undefined): void {
    slot?.cancelRefill();
    for (const link of [slot?.holder, slot?.successor]) if (link) this.#retire(link);
  }

  #fork(slot: Slot): WorkerLink {
    const link = new WorkerLink(this.#options.fork(), this);
    this.#homes.set(link, slot);
    return link;
  }

  #configure(link: WorkerLink): void {
    link.generation = this.#generation;
    link.send({ type: 'configure', config: this.#config, generation: this.#generation });
  }

  #welcome(link: WorkerLink): void {
    const slot = this.#homes.get(link);
    if (!slot || link.state !== 'starting' || link.reason) return; // One that said `failed` is leaving already.
    link.becameReady();
    slot.policy.becameReady();
    this.#options.log.info(
      { worker: link.id, workerPid: link.pid, slot: slot.index, after: Math.round(link.age) },
      'worker is ready',
    );
    if (slot.successor === link) {
      const relieved = slot.succeed();
      if (relieved) this.#retire(relieved);
    }
    this.#options.observer.onReady(link);
    this.#share();
    this.#readyWaiters.get(link)?.();
    if (this.#slots.every((each) => each.ready)) this.#announceOnce();
  }

  #announceOnce(): void {
    this.#announce?.();
    this.#announce = undefined;
  }

  /** Nobody waits for a worker that has a successor: its streams may take as long as a stream may. */
  #retire(link: WorkerLink): void {
    const { server, timeouts } = this.#config;
    if (!link.wasReady) link.kill('no longer needed');
    else this.#drain(link, Math.max(server.drain, timeouts.total), this.#options.limits.linger);
  }

  #drain(link: WorkerLink, deadline: number, linger: number): void {
    link.drain(deadline, linger, this.#options.limits.overtime);
  }

  #note(link: WorkerLink, stats: WorkerStats): void {
    if (stats.draining && link.state === 'ready') this.#relieve(link);
  }

  /** A worker that drains unasked has met a fault that it survived long enough to finish its requests. */
  #relieve(link: WorkerLink): void {
    const slot = this.#homes.get(link);
    if (!slot) return;
    this.#options.log.warn({ worker: link.id, slot: slot.index }, 'worker leaves by itself after a fault');
    this.#drain(link, this.#config.server.drain, 0);
    if (slot.vacate(link)) this.#refill(slot, link);
  }

  #giveUp(link: WorkerLink, reason: string): void {
    link.reason = reason;
    setTimeout(() => link.kill(reason), FAILED_GRACE).unref();
  }

  #refill(slot: Slot, dead: WorkerLink): void {
    if (this.#stopping || !this.#slots.includes(slot)) return;
    const delay = slot.policy.delayAfter({ lifetime: dead.age, wasReady: dead.wasReady });
    const startingUp = this.#announce !== undefined;
    if (slot.policy.hopeless && (startingUp || this.readyCount === 0)) {
      this.#options.observer.onHopeless(dead.reason ?? 'unknown');
      return;
    }
    this.restarts++;
    slot.restarts++;
    this.#options.log.info({ slot: slot.index, delay }, 'starting a worker in its place');
    slot.refillAfter(delay, () => {
      slot.holder = this.#fork(slot);
    });
  }

  #tick(): void {
    for (const link of this.links) this.#watch(link);
    this.#share();
    this.#options.observer.onTick();
  }

  /** Every worker can tell a caller how the whole cluster is. */
  #share(): void {
    const state = { workers: this.readyCount, inFlight: this.inFlight };
    for (const link of this.links) if (link.state === 'ready') link.send({ type: 'cluster-state', state });
  }

  #watch(link: WorkerLink): void {
    const { silence, start } = this.#options.limits;
    const bound = link.state === 'starting' ? start : silence;
    link.silentTicks++;
    if (link.silentTicks * TICK > bound)
      link.kill(
        link.state === 'starting' ? `not ready after ${start} ms` : `silent for ${silence} ms, ${describeSilence(link.pid)}`,
      );
  }
}
