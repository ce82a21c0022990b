/** How many requests this process serves at once, who waits for a place, and when nobody is let in. */
import type { ServerConfig } from '../config.js';
import type { GatewayError } from '../errors.js';
import type { Tallies } from '../metrics/record.js';
import type { ClientExchange } from './client-exchange.js';
import type { Deadlines } from './deadlines.js';
import { Pressure, type Readings, type Stage } from './pressure.js';
import { readProcess } from './readings.js';
import { overloaded, type Waiter, WaitingRoom } from './waiting-room.js';

/** A request that takes a place; it is given back by who took it. */
export interface PlaceHolder {
  hasPlace: boolean;
}

/** What is read of this process at each look; a test gives its own. */
export type Monitor = (loopDelay: number, workers: number) => Readings;

/** Without a look for this long nothing runs here, so nothing presses: milliseconds. */
const STALE = 1_000;

export class Places {
  readonly #server: () => ServerConfig;
  readonly #tallies: Tallies;
  readonly #deadlines: Deadlines;
  readonly #monitor: Monitor;
  readonly #pressure = new Pressure();
  readonly #room: WaitingRoom<PlaceHolder>;
  #taken = 0;
  #lookedAt = 0;

  /** `server` is asked for each time, as a reload may change it. */
  constructor(server: () => ServerConfig, tallies: Tallies, deadlines: Deadlines, monitor: Monitor = readProcess) {
    this.#server = server;
    this.#tallies = tallies;
    this.#deadlines = deadlines;
    this.#monitor = monitor;
    this.#room = new WaitingRoom(() => ({ length: this.#part(server().queue.length), age: server().queue.age }));
  }

  /** Requests that this process serves at once: its part of the whole. */
  get slots(): number {
    return this.#part(this.#server().maxInFlight);
  }

  get waiting(): number {
    return this.#room.size;
  }

  /** Whether connections should end behind their answers. */
  get closing(): boolean {
    return this.#pressure.stage !== 'calm' && this.#isFresh;
  }

  /** At once where nothing is returned. Rejects with `overloaded`, or when the client has left. */
  take(holder: PlaceHolder, client: ClientExchange, name: string): Promise<void> | undefined {
    // After a silence there was no look, and the heap may be full of what the last burst left.
    if (!this.#isFresh) this.look(0, performance.now());
    if (this.#isRefusing) return this.#shed();
    if (this.#taken >= this.slots || this.#room.size > 0) return this.#wait(holder, client, name);
    this.#taken++;
    holder.hasPlace = true;
    return undefined;
  }

  give(holder: PlaceHolder): void {
    if (!holder.hasPlace) return;
    holder.hasPlace = false;
    this.#taken--;
    this.#letIn();
  }

  /** Nobody will be let in any more. */
  close(error: GatewayError): void {
    this.#room.refuseAll(error);
  }

  /** Once a look of the deadlines, which came so late. True: what holds most should be ended. */
  look(loopDelay: number, now: number): boolean {
    this.#lookedAt = now;
    return this.#note(loopDelay) === 'cutting';
  }

  #note(loopDelay: number): Stage {
    const { workers, overload } = this.#server();
    return this.#pressure.note(this.#monitor(loopDelay, workers), overload);
  }

  /** A reload may have brought more places. */
  #letIn(): void {
    const { slots } = this;
    while (this.#taken < slots) {
      const guest = this.#room.next();
      if (guest === undefined) return;
      this.#taken++;
      guest.hasPlace = true;
    }
  }

  async #wait(holder: PlaceHolder, client: ClientExchange, name: string): Promise<void> {
    let waiter: Waiter<PlaceHolder> | undefined;
    try {
      waiter = this.#room.enter(name, holder, performance.now());
      this.#deadlines.add(this.#room);
      this.#tallies.waiting = this.#room.size;
      const { leave } = waiter;
      client.listener = { onDrain: () => {}, onClose: leave, takesComments: false };
      if (client.closed) leave();
      await waiter.called;
    } catch (error) {
      if (!client.closed) this.#tallies.shed++;
      throw error;
    } finally {
      client.listener = null;
      this.#tallies.waiting = this.#room.size;
      if (this.#room.size === 0) this.#deadlines.remove(this.#room);
    }
  }

  /** One turn later, when a small body has come along: its connection can then be kept, which is cheaper than a new one. */
  async #shed(): Promise<never> {
    await undefined;
    this.#tallies.shed++;
    throw overloaded();
  }

  get #isRefusing(): boolean {
    const { stage } = this.#pressure;
    return (stage === 'refusing' || stage === 'cutting') && this.#isFresh;
  }

  get #isFresh(): boolean {
    return performance.now() - this.#lookedAt < STALE;
  }

  #part(whole: number): number {
    return Math.ceil(whole / Math.max(1, this.#server().workers));
  }
}
