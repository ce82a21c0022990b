/** Every client connection of this process: how many there may be, and for how long one may leave its answers unread. */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { SocketProgress, unsentBytes } from './socket-progress.js';

/** What bounds connections, of now. Milliseconds. */
export interface ConnectionBounds {
  /** Over all workers; undefined: by the file descriptors of this process. */
  readonly maxConnections: number | undefined;
  readonly workers: number;
  /** Requests of now: each may have a connection to an upstream beside its client's. */
  readonly inFlight: number;
  /** How long a client may leave bytes unread without taking any. */
  readonly unread: number;
}

/** Most of its file descriptors that a process gives to clients, however idle: with none left it could not even receive a connection to refuse it. */
const DESCRIPTOR_SHARE = 0.75;
/** Kept for files, pipes, listeners, and refused clients that have not left yet. */
const DESCRIPTORS_KEPT = 64;
/** Refused clients that are waited for, as a share of the descriptors: a part of those kept. */
const REFUSED_SHARE = 0.1;
/** Looks within the time that a client may leave bytes unread. */
const LOOKS = 8;
/** Milliseconds between looks. */
const SHORTEST_LOOK = 250;
const LONGEST_LOOK = 5_000;

interface Standing {
  readonly progress: SocketProgress;
  movedAt: number;
}

export class Connections {
  readonly #bounds: () => ConnectionBounds;
  readonly #open = new Map<Socket, Standing>();
  #refused = 0;
  #looker: NodeJS.Timeout | undefined;

  /** `bounds` is asked for each time, as a reload may change it. */
  constructor(bounds: () => ConnectionBounds) {
    this.#bounds = bounds;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Bytes written for clients that the system has not taken yet. */
  get unsent(): number {
    let sum = 0;
    for (const socket of this.#open.keys()) sum += unsentBytes(socket);
    return sum;
  }

  /** Whether there is room for it; from then on it is watched until it closes. `crowded`: not even for telling it so. */
  admit(socket: Socket): 'admitted' | 'refused' | 'crowded' {
    if (this.#open.size >= this.#most) return this.#refuse(socket);
    this.#open.set(socket, { progress: new SocketProgress(), movedAt: performance.now() });
    socket.once('close', () => this.#forget(socket));
    this.#looker ??= this.#startLooking();
    return 'admitted';
  }

  #refuse(socket: Socket): 'refused' | 'crowded' {
    if (this.#refused >= descriptorLimit() * REFUSED_SHARE) return 'crowded';
    this.#refused++;
    socket.once('close', () => this.#refused--);
    return 'refused';
  }

  /** Closes those that have never sent a byte (a balancer's spare, a look at the port): Node counts them as busy. */
  closeSilent(): void {
    for (const socket of this.#open.keys()) if (socket.bytesRead === 0) socket.destroy();
  }

  get #most(): number {
    const { maxConnections, workers, inFlight } = this.#bounds();
    const descriptors = descriptorLimit();
    const possible = Math.floor(Math.min(descriptors * DESCRIPTOR_SHARE, descriptors - DESCRIPTORS_KEPT - inFlight));
    return maxConnections === undefined ? possible : Math.min(possible, Math.ceil(maxConnections / Math.max(1, workers)));
  }

  #forget(socket: Socket): void {
    this.#open.delete(socket);
    if (this.#open.size > 0) return;
    clearTimeout(this.#looker);
    this.#looker = undefined;
  }

  #startLooking(): NodeJS.Timeout {
    const wait = Math.min(LONGEST_LOOK, Math.max(SHORTEST_LOOK, this.#bounds().unread / LOOKS));
    return setTimeout(() => {
      this.#look(performance.now());
      this.#looker = this.#open.size > 0 ? this.#startLooking() : undefined;
    }, wait);
  }

  /** Also of answers that are complete and accounted for: nobody else looks after those. */
  #look(now: number): void {
    const { unread } = this.#bounds();
    for (const [socket, standing] of this.#open) {
      if (standing.progress.moved(socket)) standing.movedAt = now;
      // A reset: what waits in the system would be kept for a client that never reads.
      else if (now - standing.movedAt > unread) socket.resetAndDestroy();
    }
  }
}

let limit: number | undefined;

/** How many files and sockets this process may have open; as good as no bound where that cannot be told. */
export function descriptorLimit(): number {
  limit ??= readDescriptorLimit();
  return limit;
}

function readDescriptorLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
