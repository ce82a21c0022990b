/**
 * The fast lane: plain requests are read, served and answered on the accepted socket; every connection on which anything
 * else comes is given to Node's HTTP server with all its bytes, and stays there (docs/decisions/0019-fast-lane.md).
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type HandOver, takeConnections } from './hand-over.js';
import { LaneConnection, type LaneHost, type LaneOwner } from './lane-connection.js';

/** How often connections are looked through for those whose time is up: milliseconds. */
const LOOK = 1_000;

export class Lane implements LaneOwner {
  readonly host: LaneHost;
  readonly keepAlive: number;
  readonly requestTimeout: number;
  /** Gives a connection to Node's server at once. */
  readonly handOver: HandOver;
  readonly #connections = new Set<LaneConnection>();
  #looker: NodeJS.Timeout | undefined;

  /** The server's time-outs hold here too. Its connections come through `accept` or `handOver` from now on. */
  constructor(server: Server, host: LaneHost) {
    this.host = host;
    this.keepAlive = server.keepAliveTimeout;
    this.requestTimeout = server.requestTimeout;
    this.handOver = takeConnections(server);
  }

  accept(socket: Socket): void {
    this.#connections.add(new LaneConnection(socket, this));
    this.#looker ??= setInterval(() => this.look(performance.now()), LOOK).unref();
  }

  forget(connection: LaneConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    clearInterval(this.#looker);
    this.#looker = undefined;
  }

  look(now: number): void {
    for (const connection of this.#connections) connection.check(now);
  }

  closeIdle(): void {
    for (const connection of this.#connections) if (connection.isIdle) connection.socket.destroy();
  }

  closeAll(): void {
    for (const { socket } of this.#connections) socket.destroy();
  }
}
