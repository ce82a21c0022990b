import { setTimeout as sleep } from 'node:timers/promises';
import { failures, failuresByKind } from './engine/counts.js';
import { GatewayLoop } from './engine/gateway-loop.js';
import { type CommonOrder, Generators } from './engine/generators.js';
import { collectGarbage, readMock, resetMock } from './engine/mock-control.js';
import { Level } from './engine/open/level.js';
import { pathOf, STREAMED_CHAT } from './engine/request-form.js';
import { Sampler } from './engine/sample.js';
import { stampFormOf } from './engine/stamp.js';
import { isPeer, startPeer } from './engine/targets/peers.js';
import { startMock, startTarget, type TargetKind } from './engine/targets/target.js';
import type { UserRow } from './engine/user-row.js';
import { engineOf } from './options.js';
import type { ArrivalRecord, MemoryAfter, MockCounts, Phase, RunPlan, RunResult, Sample } from './result.js';
import { readUsers } from './users/read-users.js';

/** What a run needs besides its plan. */
export interface RunSetting {
  /** The command's own file, to fork generators from. */
  entry: string;
  /** Folder of the built programs. */
  home: string;
  /** Folder of another build of the gateway: mock and generators stay those of `home`. */
  gatewayHome?: string;
  /** Client key for a target given as URL; the others know their own. */
  key?: string;
  /** A mock that runs already, for targets given as URL. */
  mockOrigin?: string;
  /** The target's process, for targets given as URL. */
  pid?: number;
  /** Where gateways of others are installed. */
  peers?: string;
  /** Added to the gateway's environment. */
  env?: Readonly<Record<string, string>>;
  /** Top-level sections of the gateway's config file, in place of what would stand there. */
  config?: Readonly<Record<string, unknown>>;
  /** More flags of the mock. */
  mockArgs?: readonly string[];
  onSample(sample: Sample): void;
  /** The gateway is ready and has no load yet: it may be warmed up, or held to a CPU share. */
  onGateway?(gateway: ReadyGateway): Promise<void>;
  /** The load runs: strike now. It is waited for before the run ends, and the run fails with it. */
  duringLoad?(target: LoadedTarget): Promise<void>;
  /** All streams have ended and memory was read; the gateway still runs. */
  afterLoad?(): Promise<void>;
  /** Fires once: end early and report what there is. */
  interrupt: AbortSignal;
}

/** A gateway before its load. */
export interface ReadyGateway {
  pid: number;
  origin: string;
  /** Bearer keys to present. */
  keys: readonly string[];
}

/** A target under load, as far as it is ours. */
export interface LoadedTarget {
  /** 0: not ours to signal. */
  pid: number;
  origin: string;
  adminOrigin?: string;
  /** '' where there is none to ask. */
  mockOrigin: string;
}

/** Where the load goes, and what is known about it. */
interface Target {
  origin: string;
  adminOrigin?: string;
  /** Bearer keys of the users. */
  keys: readonly string[];
  /** Headers that each request needs besides. */
  headers?: Record<string, string>;
  gatewayPid?: number;
  mock?: { origin: string; pid?: number };
}

/** What was started so far, to be stopped in the opposite order. */
type Started = { stop(): unknown }[];

const SAMPLE_MS = 1000;
/** Between the order and the first request: time for all generators to hear it. */
const LEAD_MS = 300;
const SETTLE_AFTER_GC_MS = 1000;
const SETTLE_WITHOUT_GC_MS = 5000;
/** The mock's last counts arrive with the closing of its streams. */
const MOCK_SETTLES_WITHIN_MS = 2000;

/** One measured run: start, idle, load, drain, memory, counts, stop. What it started is stopped whatever happens. */
export async function run(plan: RunPlan, setting: RunSetting): Promise<RunResult> {
  const started: Started = [];
  const rows = plan.usersFile === undefined ? undefined : await readUsers(plan.usersFile);
  try {
    const target = await findTarget(plan, setting, started);
    if (target.gatewayPid !== undefined) await setting.onGateway?.({ ...target, pid: target.gatewayPid });
    const generators = await Generators.start(setting.entry, plan.generators);
    started.push(generators);
    if (target.mock) await resetMock(target.mock.origin);
    return await new Measurement(plan, setting, target, generators, rows).whole();
  } finally {
    for (const one of started.reverse()) await one.stop();
  }
}

async function findTarget(plan: RunPlan, setting: RunSetting, started: Started): Promise<Target> {
  const { home, gatewayHome, mockOrigin, key, pid, env, config } = setting;
  if (/^https?:/.test(plan.target)) {
    const mock = mockOrigin ? { origin: new URL(mockOrigin).origin } : undefined;
    return { origin: new URL(plan.target).origin, keys: [key ?? 'sk-loadtest'], gatewayPid: pid, mock };
  }
  // Room for every user at once: a refusal would be the mock's and not the gateway's.
  const room = { maxConcurrent: plan.vus * 2 + 100, args: setting.mockArgs };
  const mock = await startMock({ home, ...room, timeScale: plan.timeScale, seed: plan.seed });
  started.push(mock);
  const { credentials, workers } = plan;
  const target = isPeer(plan.target)
    ? await startPeer(plan.target, { folder: setting.peers, mockUrl: mock.origin, model: plan.model, credentials })
    : await startTarget(plan.target as TargetKind, {
        ...{ home, gatewayHome, mockUrl: mock.origin, credentials, workers, env, config },
      });
  started.push(target);
  const [gatewayPid] = target.pids();
  return { origin: target.url, adminOrigin: target.adminUrl, keys: target.keys, headers: target.headers, gatewayPid, mock };
}

/** One run under way. Owns the clock of its phases and the samples. */
class Measurement {
  readonly #plan: RunPlan;
  readonly #setting: RunSetting;
  readonly #target: Target;
  readonly #generators: Generators;
  readonly #rows: readonly UserRow[] | undefined;
  readonly #sampler: Sampler;
  readonly #loop: GatewayLoop;
  readonly #samples: Sample[] = [];
  readonly #startedAt = new Date();
  #phase: Phase = 'idle';
  /** Epoch milliseconds of the load's begin, end of warm-up, end of load. */
  #startAt = 0;
  #measureFrom = 0;
  #stopAt = 0;

  constructor(plan: RunPlan, setting: RunSetting, target: Target, generators: Generators, rows?: readonly UserRow[]) {
    this.#plan = plan;
    this.#setting = setting;
    this.#target = target;
    this.#generators = generators;
    this.#rows = rows;
    this.#loop = new GatewayLoop(target.adminOrigin);
    this.#sampler = new Sampler({
      gateway: pids(target.gatewayPid),
      mock: pids(target.mock?.pid),
      generator: generators.pids,
    });
  }

  async whole(): Promise<RunResult> {
    this.#startAt = Date.now() + this.#plan.idleSeconds * 1000;
    const sampling = setInterval(() => this.#sample(), SAMPLE_MS);
    try {
      this.#sample();
      await this.#idle();
      await this.#load();
      this.#sample();
    } finally {
      clearInterval(sampling);
    }
    const mock = await this.#mockCounts();
    const memoryAfter = await this.#memoryAfter();
    await this.#setting.afterLoad?.();
    return this.#result(mock, memoryAfter);
  }

  get #interrupted(): boolean {
    return this.#setting.interrupt.aborted;
  }

  async #idle(): Promise<void> {
    await sleep(this.#plan.idleSeconds * 1000, undefined, { signal: this.#setting.interrupt }).catch(() => {});
    this.#sample();
  }

  async #load(): Promise<void> {
    if (this.#interrupted) return;
    const plan = this.#plan;
    this.#startAt = Date.now() + LEAD_MS;
    this.#measureFrom = this.#startAt + plan.warmupSeconds * 1000;
    this.#stopAt = this.#measureFrom + plan.durationSeconds * 1000;
    this.#phase = 'load';
    const abort = (): void => this.#generators.abort();
    this.#setting.interrupt.addEventListener('abort', abort, { once: true });
    const striking = this.#strike();
    // What it throws is heard when the load is over: the streams that run shall end.
    striking.catch(() => {});
    try {
      await this.#generators.run(this.#order(), plan.vus);
      await striking;
    } finally {
      this.#setting.interrupt.removeEventListener('abort', abort);
    }
    this.#phase = 'after';
  }

  async #strike(): Promise<void> {
    const { duringLoad } = this.#setting;
    if (!duringLoad) return;
    const { origin, adminOrigin, gatewayPid: pid = 0, mock } = this.#target;
    await sleep(LEAD_MS);
    await duringLoad({ pid, origin, adminOrigin, mockOrigin: mock?.origin ?? '' });
  }

  #order(): CommonOrder {
    const plan = this.#plan;
    const { model, thinkMs, seed, rampSeconds, graceSeconds, timeoutSeconds, request = STREAMED_CHAT } = plan;
    const { arrivals, stages, startUsers, iterations } = plan;
    return {
      url: `${this.#target.origin}${pathOf(request)}`,
      ...{
        model,
        thinkMs,
        seed,
        request: { ...request, headers: this.#target.headers },
        keys: this.#target.keys,
        rows: this.#rows,
      },
      ...{ startAt: this.#startAt, measureFrom: this.#measureFrom, stopAt: this.#stopAt },
      ...{ rampMs: rampSeconds * 1000, graceMs: graceSeconds * 1000, timeoutMs: timeoutSeconds * 1000 },
      engine: engineOf(plan),
      stamps: stampFormOf(model),
      shape: { arrivals, stages, startUsers, iterations },
    };
  }

  #sample(): void {
    const generators = this.#generators;
    const counts = generators.counts();
    const sample: Sample = {
      at: (Date.now() - this.#startAt) / 1000,
      phase: this.#phaseNow(),
      ...this.#sampler.sample(),
      ...(this.#loop.last && { gatewayLoop: this.#loop.last }),
      generatorElu: generators.health().elu,
      inFlight: generators.inFlight,
      ok: counts.ok,
      failed: failures(counts),
      events: counts.events,
      p95: generators.p95,
      recent: generators.recent(),
      failures: failuresByKind(counts),
    };
    this.#samples.push(sample);
    // Not at rest: what a question costs the gateway would be a part of its idle CPU.
    if (this.#phase === 'load') this.#loop.ask();
    this.#setting.onSample(sample);
  }

  #phaseNow(): Phase {
    if (this.#phase !== 'load') return this.#phase;
    if (Date.now() > this.#stopAt) return 'drain';
    return Date.now() < this.#measureFrom ? 'warmup' : 'load';
  }

  async #mockCounts(): Promise<MockCounts | undefined> {
    const { mock } = this.#target;
    // It keeps no count of GETs.
    if (!mock || this.#plan.request?.dialect === 'get') return undefined;
    const { done } = this.#generators.counts();
    const until = Date.now() + MOCK_SETTLES_WITHIN_MS;
    let counts = await readMock(mock.origin);
    while (counts.done < done && Date.now() < until) {
      await sleep(100);
      counts = await readMock(mock.origin);
    }
    return counts;
  }

  async #memoryAfter(): Promise<MemoryAfter | undefined> {
    const { adminOrigin, gatewayPid } = this.#target;
    if (!gatewayPid || this.#interrupted || this.#plan.skipMemory) return undefined;
    const how = adminOrigin && (await collectGarbage(adminOrigin)) ? 'gc' : 'settle';
    await sleep(how === 'gc' ? SETTLE_AFTER_GC_MS : SETTLE_WITHOUT_GC_MS);
    const { gateway } = this.#sampler.sample();
    return gateway && { how, rss: gateway.rss, pss: gateway.pss };
  }

  #arrivals(): ArrivalRecord | undefined {
    if (!this.#plan.arrivals) return undefined;
    const { steadySent = 0, steadyOk } = this.#generators.counts();
    const seconds = Math.max(0.001, (this.#stopAt - this.#measureFrom) / 1000);
    return {
      askedPerSecond: askedPerSecond(this.#plan),
      sentPerSecond: steadySent / seconds,
      answeredPerSecond: steadyOk / seconds,
    };
  }

  #result(mock: MockCounts | undefined, memoryAfter: MemoryAfter | undefined): RunResult {
    const { firstStart, lastEnd } = this.#generators.span();
    const generatorCpu = this.#samples.at(-1)?.generator?.cpuSeconds ?? 0;
    const untilLastEnd = (lastEnd - firstStart) / 1000;
    return {
      plan: this.#plan,
      startedAt: this.#startedAt.toISOString(),
      interrupted: this.#interrupted,
      counts: this.#generators.counts(),
      durations: this.#generators.durations(),
      curves: this.#generators.curves(),
      generator: { ...this.#generators.health(), cpu: untilLastEnd > 0 ? generatorCpu / untilLastEnd : 0 },
      untilLastEnd,
      steadySeconds: Math.max(0, Math.min(this.#stopAt, lastEnd) - this.#measureFrom) / 1000,
      samples: this.#samples,
      arrivals: this.#arrivals(),
      memoryAfter,
      mock,
      throughGateway: this.#plan.target !== 'direct',
    };
  }
}

/** What was due in the steady window, for a plan with arrivals. */
function askedPerSecond({ arrivals, stages, warmupSeconds, durationSeconds }: RunPlan): number {
  if (!arrivals) return 0;
  const until = warmupSeconds + durationSeconds;
  const level = new Level(arrivals.perSecond, stages ?? [{ seconds: until, target: arrivals.perSecond }]);
  return (level.area(until) - level.area(warmupSeconds)) / durationSeconds;
}

function pids(pid: number | undefined): number[] {
  return pid === undefined ? [] : [pid];
}
