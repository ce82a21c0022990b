/** What a row works with: the wall, gateways, places to listen; all that it started ends with it. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end, type SpawnOptions, start } from './children.js';
import { NotRun } from './expect.js';
import { type GatewayWish, gatewayConfig } from './gateway-config.js';
import { type Gateway, GatewayProcess } from './gateway-process.js';
import type { Site } from './site.js';
import type { Wall } from './wall/wall.js';

/** Starts tried when a free port is lost to another program. */
const MOST_STARTS = 3;

export interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly nodeArgs?: readonly string[];
  readonly wrapper?: readonly string[];
}

export class Bench {
  readonly site: Site;
  readonly #endings: (() => unknown)[] = [];
  #folder: string | undefined;

  constructor(site: Site) {
    this.site = site;
  }

  get wall(): Wall {
    return this.site.wall;
  }

  /** Folder of the built programs. */
  get home(): string {
    return this.site.home;
  }

  /** The gateway that all rows share, or the target. */
  shared(): Promise<Gateway> {
    return this.site.shared();
  }

  /** The shared gateway when it is ours: with logs, metrics, pids. @throws NotRun for a target. */
  async sharedProcess(): Promise<GatewayProcess> {
    const gateway = await this.site.shared();
    if (!(gateway instanceof GatewayProcess)) throw new NotRun('looks into the gateway: logs, metrics or processes');
    return gateway;
  }

  /** A gateway of the row's own, ready. */
  async startGateway(wish: GatewayWish, options: StartOptions = {}): Promise<GatewayProcess> {
    for (let attempt = 1; ; attempt++) {
      const gateway = this.spawnGateway(gatewayConfig(wish, this.wall.origin), options);
      try {
        return await gateway.ready();
      } catch (error) {
        if (attempt === MOST_STARTS || !gateway.stderr.some((line) => line.includes('EADDRINUSE'))) throw error;
      }
    }
  }

  /** One that may not become ready at all. */
  spawnGateway(config: object, options: StartOptions = {}): GatewayProcess {
    const gateway = new GatewayProcess({ home: this.home, folder: this.folder(), config, ...options });
    this.onEnd(async () => {
      await this.site.hear(gateway);
      await gateway.kill();
    });
    return gateway;
  }

  spawn(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const child = start(command, args, options);
    this.onEnd(() => end(child));
    return child;
  }

  /** A server by hand on a free port; its port. */
  async listen(onSocket: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>();
    const server: Server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
      onSocket(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.onEnd(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  /** A port on which nobody listens. */
  async freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  /** A folder that goes with the row. */
  folder(): string {
    if (this.#folder === undefined) {
      const folder = mkdtempSync(join(tmpdir(), 'tidegate-faults-'));
      this.#folder = folder;
      this.#endings.unshift(() => rmSync(folder, { recursive: true, force: true }));
    }
    return this.#folder;
  }

  onEnd(ending: () => unknown): void {
    this.#endings.push(ending);
  }

  /** Last started, first ended. */
  async close(): Promise<void> {
    for (const ending of this.#endings.splice(0).reverse()) await Promise.resolve(ending()).catch(() => {});
  }
}
