/** The end of a service: accept no more, keep idle connections a moment behind the last answer for clients that are just sending, let streams finish. */
import type { Server } from 'node:http';
import { GatewayError } from '../errors.js';
import type { Gateway } from '../gateway/gateway.js';
import type { Connections } from './connections.js';
import { stopAccepting } from './data-server.js';
import type { Lane } from './lane/lane.js';

/** How often idle connections are looked for once the linger is over: milliseconds. */
const SWEEP = 100;
/** From the last error event to the end, so that it reaches its client: milliseconds. */
const LAST_WORDS = 250;

/** What comes to its end. */
export interface DrainParts {
  readonly server: Server;
  readonly lane: Lane;
  readonly gateway: Gateway;
  readonly connections: Connections;
}

export class Drain {
  readonly #parts: DrainParts;
  #deadlineAt = Number.POSITIVE_INFINITY;
  #lingerUntil = 0;
  #linger = 0;
  #done: Promise<void> | undefined;

  constructor(parts: DrainParts) {
    this.#parts = parts;
  }

  get started(): boolean {
    return this.#done !== undefined;
  }

  /** Milliseconds from now; a later call may shorten the deadline, never lengthen it. Resolves when all are gone. */
  start(deadline: number, linger: number): Promise<void> {
    const now = performance.now();
    this.#deadlineAt = Math.min(this.#deadlineAt, now + deadline);
    this.#lingerUntil = this.started ? Math.min(this.#lingerUntil, now + linger) : now + linger;
    this.#linger = this.started ? Math.min(this.#linger, linger) : linger;
    this.#done ??= this.#run();
    return this.#done;
  }

  async #run(): Promise<void> {
    const timer = setInterval(() => this.#sweep(), SWEEP);
    await stopAccepting(this.#parts.server);
    clearInterval(timer);
  }

  #sweep(): void {
    const { server, lane, gateway, connections } = this.#parts;
    const now = performance.now();
    // A client whose stream has just ended, and began before this, thinks that its connection is kept and may be sending.
    if (now >= Math.max(this.#lingerUntil, gateway.answeredAt + this.#linger)) {
      server.closeIdleConnections();
      lane.closeIdle();
      connections.closeSilent();
    }
    if (now < this.#deadlineAt) return;
    gateway.interruptAll(new GatewayError('draining', 'The gateway is shutting down.', { retryAfter: 1_000 }));
    if (now < this.#deadlineAt + LAST_WORDS) return;
    server.closeAllConnections();
    lane.closeAll();
  }
}
