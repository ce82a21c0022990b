import { performance } from 'node:perf_hooks';
import type { Drive, DrivePlan } from '../drive-plan.js';
import type { Recorder } from '../recorder.js';
import { Timers } from '../timers.js';
import { Users } from '../users.js';
import type { VirtualUser } from '../virtual-user.js';
import { arrivals } from './arrivals.js';
import { Channel, type ChannelPlan } from './channel.js';
import { FreeUsers } from './free-users.js';
import { Level } from './level.js';
import { Writer } from './writer.js';

/**
 * Requests that begin when they are due, however long others take. Each arrival is the user's that was free longest; when all
 * are busy it is dropped and counted, so that a stalled target costs no memory. What fell behind is sent at once, and its times
 * count from when it was due. Connections are kept and the last one used is used again, so that few are open at a low rate.
 */
export class OpenModel implements Drive {
  readonly done: Promise<void>;
  readonly #plan: DrivePlan;
  readonly #channelPlan: ChannelPlan;
  readonly #recorder: Recorder;
  readonly #users: Users;
  readonly #writer: Writer;
  readonly #free: FreeUsers;
  /** By place; made when it is needed first. */
  readonly #made: VirtualUser[] = [];
  readonly #idle: Channel[] = [];
  readonly #all = new Set<Channel>();
  readonly #timers = new Timers();
  readonly #schedule: Generator<number>;
  /** When the next arrival is due, on `performance.now()`; Infinity: there is none. */
  #due = Number.POSITIVE_INFINITY;
  #pumping: NodeJS.Timeout | undefined;
  #settle: () => void = () => {};
  readonly #pump = (): void => this.#sendWhatIsDue();

  constructor(plan: DrivePlan, channelPlan: ChannelPlan, recorder: Recorder) {
    this.#plan = plan;
    this.#channelPlan = channelPlan;
    this.#recorder = recorder;
    this.#users = new Users(plan);
    this.#writer = new Writer(plan);
    this.#free = new FreeUsers(plan.users.length);
    this.#schedule = scheduleOf(plan);
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#timers.at(plan.startAt, () => {
      this.#advance();
      this.#sendWhatIsDue();
    });
    this.#timers.at(plan.stopAt, () => this.#stop());
    this.#timers.at(plan.stopAt + plan.graceMs, () => this.abort());
  }

  abort(): void {
    this.#stop();
    for (const channel of this.#all) channel.abort();
    this.#finish();
  }

  /** No more arrivals; what is open may finish. */
  #stop(): void {
    this.#due = Number.POSITIVE_INFINITY;
    clearTimeout(this.#pumping);
    this.#finishWhenIdle();
  }

  #sendWhatIsDue(): void {
    const now = performance.now();
    while (this.#due <= now) {
      this.#arrive(this.#due);
      this.#advance();
    }
    // Timers count whole milliseconds: one too early would wake twice.
    if (this.#due < Number.POSITIVE_INFINITY) this.#pumping = setTimeout(this.#pump, Math.ceil(this.#due - now));
    else this.#finishWhenIdle();
  }

  #advance(): void {
    const { value, done } = this.#schedule.next();
    const { startAt, stopAt } = this.#plan;
    const due = done ? Number.POSITIVE_INFINITY : startAt + value * 1000;
    this.#due = due < stopAt ? due : Number.POSITIVE_INFINITY;
  }

  #arrive(dueAt: number): void {
    const place = this.#free.take();
    if (place === undefined) return this.#recorder.droppedOne();
    const channel = this.#idle.pop() ?? this.#open();
    channel.place = place;
    channel.send(this.#writer.next(this.#userAt(place)), dueAt);
  }

  #userAt(place: number): VirtualUser {
    this.#made[place] ??= this.#users.make(this.#plan.users[place] as number);
    return this.#made[place];
  }

  #open(): Channel {
    const channel = new Channel(this.#channelPlan, this.#recorder, (ended) => this.#over(ended));
    this.#all.add(channel);
    return channel;
  }

  #over(channel: Channel): void {
    this.#free.give(channel.place);
    this.#idle.push(channel);
    this.#finishWhenIdle();
  }

  #finishWhenIdle(): void {
    if (this.#due === Number.POSITIVE_INFINITY && this.#idle.length === this.#all.size) this.#finish();
  }

  #finish(): void {
    this.#timers.clear();
    for (const channel of this.#all) channel.abort();
    this.#settle();
  }
}

function scheduleOf({ shape, startAt, stopAt, seed }: DrivePlan): Generator<number> {
  const { perSecond, spacing } = shape?.arrivals ?? { perSecond: 1, spacing: 'constant' };
  const steady = [{ seconds: (stopAt - startAt) / 1000, target: perSecond }];
  const level = new Level(perSecond, shape?.stages ?? steady);
  return arrivals({ level, spacing, seed, share: shape?.share ?? { index: 0, of: 1 }, most: shape?.iterations });
}
