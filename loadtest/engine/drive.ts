/** The door to autocannon: the one place that knows how it is told what to do. Everything measured is measured by us. */
import { performance } from 'node:perf_hooks';
import autocannon from 'autocannon';
import type { Drive, DrivePlan } from './drive-plan.js';
import { ConnectionGuard, type EngineClient } from './guard.js';
import { OpenStream } from './open-stream.js';
import type { Recorder } from './recorder.js';
import { Timers } from './timers.js';
import { Users } from './users.js';

/** A ramp is a stair: autocannon opens all connections of an instance in one tick, so each step is an instance. */
const STEP_MS = 50;

/** Closed model with a constant number of users; `shape` is not looked at. */
export function drive(plan: DrivePlan, recorder: Recorder): Drive {
  return new Driver(plan, recorder);
}

class Driver implements Drive {
  readonly done: Promise<void>;
  readonly #plan: DrivePlan;
  readonly #recorder: Recorder;
  readonly #users: Users;
  readonly #guards: ConnectionGuard[] = [];
  readonly #timers = new Timers();
  #stopped = false;

  constructor(plan: DrivePlan, recorder: Recorder) {
    this.#plan = plan;
    this.#recorder = recorder;
    this.#users = new Users(plan);
    this.#timers.at(plan.stopAt, () => this.#drain());
    this.#timers.at(plan.stopAt + plan.graceMs, () => this.abort());
    this.done = Promise.all(this.#steps().map(([at, users]) => this.#step(at, users))).then(() => this.#timers.clear());
  }

  abort(): void {
    this.#stopped = true;
    for (const guard of this.#guards) guard.abort();
  }

  #drain(): void {
    this.#stopped = true;
    for (const guard of this.#guards) guard.drain();
  }

  #steps(): [number, number[]][] {
    const { users, startAt, rampMs } = this.#plan;
    const count = Math.max(1, Math.min(users.length, Math.round(rampMs / STEP_MS)));
    const steps = Array.from({ length: count }, (_, step): [number, number[]] => [startAt + (rampMs * step) / count, []]);
    for (const [index, user] of users.entries()) steps[Math.floor((index * count) / users.length)]?.[1].push(user);
    return steps;
  }

  async #step(at: number, users: number[]): Promise<void> {
    await new Promise<void>((resolve) => this.#timers.at(at, resolve));
    if (this.#stopped || users.length === 0) return;
    const waiting = [...users];
    await autocannon({
      url: this.#plan.url,
      connections: users.length,
      // Ours come first: the drain at stopAt, the abort after the grace. This is a last resort.
      duration: Math.ceil((this.#plan.stopAt - performance.now() + this.#plan.graceMs) / 1000) + 30,
      // Whole seconds only.
      timeout: Math.ceil(this.#plan.timeoutMs / 1000),
      // How often an instance notices that all its clients have ended.
      sampleInt: 200,
      excludeErrorStats: true,
      skipAggregateResult: true,
      setupClient: (client) => this.#setUp(client as unknown as EngineClient, waiting.shift() ?? 0),
    });
  }

  /** Runs before the client dials, so that no event of any stream is missed. */
  #setUp(client: EngineClient, number: number): void {
    const user = this.#users.make(number);
    const { request, stamps } = this.#plan;
    const stream = new OpenStream(this.#recorder, { streamed: request?.stream ?? true, stamps });
    this.#guards.push(new ConnectionGuard(client, stream, () => user.nextThink()));
    (client as unknown as autocannon.Client).setRequests([
      { method: 'POST', setupRequest: (request) => ({ ...request, ...user.nextRequest() }) },
    ]);
  }
}
