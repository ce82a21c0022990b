/** The gateway as a cluster: a supervisor over workers, the embedded store's state beside it, their counts kept. */
import type { Worker } from 'node:cluster';
import type { GatewayConfig } from '../config.js';
import type { Log } from '../log.js';
import type { Inquiry, StoreToPrimary, StoreToWorker } from '../messages.js';
import type { MetricsJson } from '../metrics/metrics-json.js';
import { ProcessSeries } from '../metrics/process-series.js';
import type { UsageTable } from '../metrics/usage-table.js';
import type { StoreMaker } from '../store/index.js';
import type { PrimaryStore } from '../store/primary-link.js';
import { CountKeeper } from './count-keeper.js';
import { fill, fillLimits, type Seat, surplus } from './fill.js';
import { Handover, type HandoverRules } from './handover.js';
import { Keeper } from './keeper.js';
import type { SupervisionLimits } from './limits.js';
import { RollingRestart, type RollOutcome } from './rolling-restart.js';
import type { RunningGateway, ServingProcess } from './running-gateway.js';
import { level } from './spread.js';
import { type Counts, Supervisor, type SupervisorObserver } from './supervisor.js';
import { dropForksAhead, forkWorker } from './worker-fork.js';
import type { WorkerLink } from './worker-link.js';

export interface ClusterOptions {
  readonly config: GatewayConfig;
  readonly generation: number;
  readonly limits: SupervisionLimits;
  readonly log: Log;
  readonly onHopeless: (reason: string) => void;
  readonly stores: StoreMaker;
}

export class ClusterGateway implements RunningGateway, SupervisorObserver, HandoverRules {
  readonly onHopeless: (reason: string) => void;
  /** What the workers share, or this host's door to it. */
  readonly store: PrimaryStore;
  readonly #supervisor: Supervisor;
  readonly #roller: RollingRestart;
  readonly #counts: CountKeeper;
  readonly #ownProcess = new ProcessSeries();
  readonly #handover = new Handover(this);
  readonly #keeper = new Keeper();
  #config: GatewayConfig;

  constructor(options: ClusterOptions) {
    const { config, generation, limits, log } = options;
    this.#config = config;
    this.onHopeless = options.onHopeless;
    this.store = options.stores.primary((message) => this.#broadcast(message));
    this.#supervisor = new Supervisor({ fork: () => this.#fork(), limits, log, observer: this }, config, generation);
    this.#roller = new RollingRestart(this.#supervisor, log);
    this.#counts = new CountKeeper(() => this.#supervisor.links);
  }

  start(): Promise<void> {
    const ready = this.#supervisor.start();
    dropForksAhead();
    return ready;
  }

  configure(config: GatewayConfig, generation: number): void {
    this.#config = config;
    // The store first: workers must not ask it for what it does not know yet.
    this.store.configure(config);
    this.#supervisor.configure(config, generation);
  }

  roll(): Promise<RollOutcome> {
    return this.#roller.roll();
  }

  async stop(): Promise<void> {
    this.#keeper.release();
    await this.#supervisor.stop();
    this.#counts.close();
    await this.store.close();
  }

  kill(): void {
    this.#supervisor.kill();
  }

  get readyCount(): number {
    return this.#supervisor.readyCount;
  }

  get inFlight(): number {
    return this.#supervisor.inFlight;
  }

  get restarts(): number {
    return this.#supervisor.restarts;
  }

  processes(): readonly ServingProcess[] {
    return this.#supervisor.links.flatMap((link) => {
      const { id, pid, generation, state, age, stats } = link;
      return state === 'gone' ? [] : [{ id, pid, generation, state, age, stats, restarts: this.#supervisor.restartsOf(link) }];
    });
  }

  async metrics(): Promise<MetricsJson[]> {
    const workers = await this.#counts.metrics(this.#supervisor.links);
    return [{ worker: 'primary', series: this.#ownProcess.json() }, ...workers];
  }

  /** The workers tell what they have before they answer; what is kept of other hosts and times is then whole. */
  async usage(): Promise<UsageTable> {
    const own = await this.#counts.usage(this.#supervisor.links);
    return (await this.store.keptUsage()) ?? own;
  }

  async askAll(inquiry: Inquiry): Promise<unknown[]> {
    const serving = this.#supervisor.links.filter((link) => link.wasReady);
    const answers = await Promise.allSettled(serving.map((link) => link.ask(inquiry)));
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  onReady(link: WorkerLink): void {
    this.store.greet((message) => link.send(message));
  }

  onStore(link: WorkerLink, message: StoreToPrimary): void {
    this.store.answer(message, (reply) => link.send(reply), link.id);
  }

  onFarewell(link: WorkerLink, counts: Counts): void {
    this.#counts.note(link, counts);
  }

  onGone(link: WorkerLink): void {
    this.store.gone(link.id);
    this.#counts.depart(link);
  }

  /** Connections that stay for long were given before their load was known. */
  onTick(): void {
    for (const { id, stats } of this.#supervisor.links) this.#handover.giveUpLost(id, stats);
    if (this.#config.server.accept === 'spread') return;
    const seats = this.#seats();
    for (const link of this.#supervisor.links) {
      const connections = surplus(link.id, seats);
      if (connections > 0) link.send({ type: 'shed', connections });
    }
  }

  choose(): number | undefined {
    const { accept, maxInFlight, workers } = this.#config.server;
    if (accept === 'spread') return undefined;
    return fill(this.#seats(), fillLimits(maxInFlight / workers))?.id;
  }

  level(inTurn: number): number | undefined {
    return this.#config.server.accept === 'spread' ? level(this.#seats(), inTurn)?.id : undefined;
  }

  /** Whether a connection may wait for a worker that is not there yet. */
  get keepsPort(): boolean {
    return this.#keeper.holds;
  }

  serves(worker: number): boolean {
    return this.#supervisor.links.some(({ id, state }) => id === worker && state === 'ready');
  }

  /** Those that take new requests, the oldest first. */
  #seats(): Seat[] {
    return this.#supervisor.links.flatMap(({ id, state, stats }) => {
      if (state !== 'ready') return [];
      const { waiting, taken } = this.#handover.load(id, stats);
      return [{ id, waiting, taken, connections: (stats?.connections ?? 0) + taken, utilization: stats?.utilization ?? 0 }];
    });
  }

  #fork(): Worker {
    const worker = forkWorker();
    this.#handover.watch(worker);
    this.#keeper.watch(worker);
    return worker;
  }

  /** To those that serve: a worker that becomes ready later is greeted with everything that still holds. */
  #broadcast(message: StoreToWorker): void {
    for (const link of this.#supervisor.links) if (link.wasReady) link.send(message);
  }
}
