/** A serving process, in a worker or alone: gateway, routes and server put together, and what the primary may ask of it. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { GatewayConfig } from '../config.js';
import { Gateway } from '../gateway/gateway.js';
import { handle } from '../gateway/handle.js';
import type { Route } from '../gateway/route.js';
import type { ClusterState, Inquiry, WorkerStats } from '../messages.js';
import { createMetrics, type Metrics } from '../metrics/metrics.js';
import type { Store } from '../store/store.js';
import { PiscinaPool } from '../threads/piscina-pool.js';
import { createApp, type Serving } from './app.js';
import { BodyClock } from './body-clock.js';
import { Connections } from './connections.js';
import { createDataServer, listen, setHeadersTimeout } from './data-server.js';
import { Drain } from './drain.js';
import { nodeListener } from './hono.js';
import { Lane } from './lane/lane.js';
import type { LaneHost } from './lane/lane-connection.js';
import type { LaneExchange } from './lane/lane-exchange.js';
import { refuseConnection } from './refusals.js';
import { ServiceStats } from './service-stats.js';

export interface ServiceOptions {
  readonly config: GatewayConfig;
  readonly store: Store;
  /** Names this process in metrics. */
  readonly worker?: string;
  /** The bundled file that threads run; absent: no threads. */
  readonly taskFile?: string;
}

/** Builds everything and listens. Rejects when the address cannot be had. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const service = new Service(options);
  await service.listen(options.config.server.host, options.config.server.port);
  return service;
}

export class Service implements Serving, LaneHost {
  port = 0;
  cluster: ClusterState = { workers: 1, inFlight: 0 };
  readonly #gateway: Gateway;
  readonly #metrics: Metrics;
  readonly #store: Store;
  readonly #server: Server;
  readonly #lane: Lane;
  readonly #drain: Drain;
  readonly #stats = new ServiceStats();
  readonly #connections: Connections;
  readonly bodies: BodyClock;
  #toSendAway = 0;

  constructor({ config, store, worker, taskFile }: ServiceOptions) {
    this.#store = store;
    this.#metrics = createMetrics({ worker });
    this.#metrics.watchStore(() => store.health);
    this.#gateway = new Gateway(config, store, this.#metrics, taskFile ? new PiscinaPool(taskFile) : undefined);
    this.#server = createDataServer(nodeListener(createApp(this.#gateway, this)));
    setHeadersTimeout(this.#server, config.server.headersTimeout);
    this.bodies = new BodyClock(() => this.#config.server.bodyTimeout);
    this.#connections = new Connections(() => {
      const { server, timeouts } = this.#config;
      const { inFlight } = this.#gateway;
      return { maxConnections: server.maxConnections, workers: server.workers, inFlight, unread: timeouts.idle };
    });
    this.#metrics.watchBuffered(() => this.#connections.unsent + this.#gateway.held);
    this.#lane = new Lane(this.#server, this);
    this.#server.on('connection', (socket) => this.#onConnection(socket));
    this.#drain = new Drain({ server: this.#server, lane: this.#lane, gateway: this.#gateway, connections: this.#connections });
  }

  async listen(host: string, port: number): Promise<void> {
    this.port = await listen(this.#server, host, port);
  }

  get draining(): boolean {
    return this.#drain.started;
  }

  /** So many of the next answers end their connections; not added to what an earlier call left over. */
  shed(connections: number): void {
    this.#toSendAway = connections;
  }

  sendsAway(): boolean {
    if (this.draining || this.#gateway.isClosing) return true;
    if (this.#toSendAway === 0) return false;
    this.#toSendAway--;
    return true;
  }

  get inFlight(): number {
    return this.#gateway.inFlight;
  }

  get slots(): number {
    return this.#gateway.slots;
  }

  get storeDegraded(): boolean {
    return this.#store.health.degraded;
  }

  configure(config: GatewayConfig): void {
    this.#gateway.configure(config);
    setHeadersTimeout(this.#server, config.server.headersTimeout);
  }

  stats(): WorkerStats {
    this.#metrics.tallies.connections = this.#connections.count;
    return this.#stats.take(this.#metrics.tallies, this.draining, this.storeDegraded);
  }

  get #config(): GatewayConfig {
    return this.#gateway.snapshot.config;
  }

  get bodyLimit(): number {
    return this.#config.server.bodyLimit;
  }

  get headersTimeout(): number {
    return this.#config.server.headersTimeout;
  }

  /** A request that came by the lane. */
  serve(route: Route, exchange: LaneExchange): void {
    void handle(this.#gateway, route, exchange);
  }

  #onConnection(socket: Socket): void {
    const verdict = this.#connections.admit(socket);
    if (verdict === 'admitted' && this.#config.server.http === 'lane') return this.#lane.accept(socket);
    if (verdict !== 'crowded') this.#lane.handOver(socket);
    if (verdict === 'admitted') return;
    this.#metrics.tallies.connectionsRefused++;
    if (verdict === 'refused') refuseConnection(socket);
    else socket.destroy();
  }

  async answer(inquiry: Inquiry): Promise<unknown> {
    switch (inquiry) {
      case 'metrics':
        this.#metrics.tallies.connections = this.#connections.count;
        return this.#metrics.snapshot();
      case 'usage':
        await this.#gateway.flushUsage();
        return this.#metrics.usage();
      case 'attempts':
        return this.#metrics.recentAttempts();
      case 'store-snapshot':
        return this.#store.snapshot();
      case 'collect-garbage':
        return collectGarbage();
    }
  }

  /** Stops accepting, finishes what runs within `deadline`, keeps idle connections for `linger`; milliseconds. */
  async drain(deadline: number, linger: number): Promise<void> {
    await this.#drain.start(deadline, linger);
    await this.#gateway.close();
  }
}

/** Only where Node was started with `--expose-gc`, or allows it now: a figure after collection is asked for by load runs. */
async function collectGarbage(): Promise<boolean> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') return false;
  collect();
  return true;
}
