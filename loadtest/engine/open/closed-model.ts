import { performance } from 'node:perf_hooks';
import type { Drive, DrivePlan } from '../drive-plan.js';
import type { Recorder } from '../recorder.js';
import { Timers } from '../timers.js';
import { Users } from '../users.js';
import type { VirtualUser } from '../virtual-user.js';
import { Channel, type ChannelPlan } from './channel.js';
import { Level } from './level.js';
import { Writer } from './writer.js';

/** How often the number of users follows its level. */
const FOLLOW_MS = 20;
/** After a failure without a status line the user waits before it dials again, or a refused port would be a busy loop. */
const REDIAL_MS = 250;

/** One user: its connection, and whether it is asked to be there. */
interface Seat {
  user: VirtualUser;
  channel: Channel;
  isWanted: boolean;
  /** Thinking, or waiting to dial again. */
  timer: NodeJS.Timeout | undefined;
}

/**
 * Users that each wait for their answer, think, and ask again; each has its connection. How many there are follows a level:
 * one who is no longer wanted finishes its stream. Times on `performance.now()`.
 */
export class ClosedModel implements Drive {
  readonly done: Promise<void>;
  readonly #plan: DrivePlan;
  readonly #channelPlan: ChannelPlan;
  readonly #recorder: Recorder;
  readonly #users: Users;
  readonly #writer: Writer;
  readonly #level: Level;
  readonly #seats: Seat[] = [];
  readonly #timers = new Timers();
  /** Seats before this one are wanted. */
  #wanted = 0;
  #iterationsLeft: number;
  #busy = 0;
  #isStopping = false;
  #settle: () => void = () => {};

  constructor(plan: DrivePlan, channelPlan: ChannelPlan, recorder: Recorder) {
    this.#plan = plan;
    this.#channelPlan = channelPlan;
    this.#recorder = recorder;
    this.#users = new Users(plan);
    this.#writer = new Writer(plan);
    this.#level = levelOf(plan);
    this.#iterationsLeft = ownIterations(plan);
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#begin();
  }

  abort(): void {
    this.#isStopping = true;
    for (const { channel } of this.#seats) channel.abort();
    this.#busy = 0;
    this.#finish();
  }

  #begin(): void {
    const { startAt, stopAt, graceMs } = this.#plan;
    this.#timers.at(startAt, () => {
      this.#follow();
      if (this.#iterationsLeft === 0 && this.#busy === 0) this.#finish();
      if (!this.#isStopping) this.#timers.every(FOLLOW_MS, () => this.#follow());
    });
    this.#timers.at(stopAt, () => this.#drain());
    this.#timers.at(stopAt + graceMs, () => this.abort());
  }

  /** Seats are in the order of their users' numbers, so that a level is a border between them. */
  #follow(): void {
    const { users, startAt } = this.#plan;
    const level = this.#level.at((performance.now() - startAt) / 1000);
    while (this.#wanted < users.length && (users[this.#wanted] as number) < level) this.#want(this.#seatAt(this.#wanted++));
    while (this.#wanted > 0 && (users[this.#wanted - 1] as number) >= level) this.#release(this.#seatAt(--this.#wanted));
  }

  #seatAt(index: number): Seat {
    const seat = this.#seats[index];
    if (seat) return seat;
    const channel = new Channel(this.#channelPlan, this.#recorder, (_, answered) => this.#over(fresh, answered));
    const fresh: Seat = {
      user: this.#users.make(this.#plan.users[index] as number),
      channel,
      isWanted: false,
      timer: undefined,
    };
    this.#seats.push(fresh);
    return fresh;
  }

  #want(seat: Seat): void {
    seat.isWanted = true;
    if (!seat.channel.isBusy) this.#send(seat);
  }

  #release(seat: Seat): void {
    seat.isWanted = false;
    clearTimeout(seat.timer);
  }

  #send(seat: Seat): void {
    // Wanted again while it was about to go on anyway: once is enough.
    if (seat.channel.isBusy || !seat.isWanted || this.#isStopping || this.#iterationsLeft === 0) return;
    this.#iterationsLeft--;
    this.#busy++;
    seat.channel.send(this.#writer.next(seat.user));
  }

  #over(seat: Seat, answered: boolean): void {
    this.#busy--;
    if (this.#isStopping || this.#iterationsLeft === 0) {
      if (this.#busy === 0) this.#finish();
      return;
    }
    if (!seat.isWanted) return;
    const wait = answered ? seat.user.nextThink() : REDIAL_MS;
    // The next request is a turn of the event loop later at the earliest, or one fast user would keep the others from being read.
    if (wait <= 0) setImmediate(() => this.#send(seat));
    else seat.timer = setTimeout(() => this.#send(seat), wait);
  }

  #drain(): void {
    this.#isStopping = true;
    if (this.#busy === 0) this.#finish();
  }

  #finish(): void {
    this.#isStopping = true;
    this.#timers.clear();
    for (const { timer, channel } of this.#seats) {
      clearTimeout(timer);
      channel.abort();
    }
    this.#settle();
  }
}

/** A plain ramp is a stage; without one all users are there at once. */
function levelOf({ shape, rampMs, users }: DrivePlan): Level {
  if (shape?.stages) return new Level(shape.startUsers ?? 0, shape.stages);
  const all = (users.at(-1) ?? 0) + 1;
  return rampMs > 0 ? new Level(0, [{ seconds: rampMs / 1000, target: all }]) : new Level(all, []);
}

/** The share of this process; Infinity where there is no end. */
function ownIterations({ shape }: DrivePlan): number {
  if (shape?.iterations === undefined) return Number.POSITIVE_INFINITY;
  const { index, of } = shape.share;
  return Math.max(0, Math.ceil((shape.iterations - index) / of));
}
