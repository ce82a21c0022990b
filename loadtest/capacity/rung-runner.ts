import type { RunPlan, RunResult } from '../result.js';
import type { Stage } from '../scenarios/scenario.js';
import { type Pair, startPair } from '../scenarios/tools/pair.js';
import { windowOf } from './window.js';
import type { LoadModel, Rung } from './words.js';

/** How one rung is measured; times in seconds. */
export interface RungWish {
  settle: number;
  window: number;
  /** Windows of a rung, each a run of its own. */
  windows: number;
  /** A gateway of its own for each rung; else the rungs share one, whose sockets are closed between them. */
  freshGateway: boolean;
}

/** Streams of 0.2 s with 20 events: short, so that a rung is settled soon, and with the events of a longer one. */
const MODEL = 'mock-paced-20x10+stamps';
const CREDENTIALS = 20;
const WARM_UP_USERS = 30;
const SECOND_GENERATOR_FROM = 200;
/** Room in flight for arrivals: each takes 0.2 s when nothing is in its way. */
const PLACES_PER_RATE = 3;
const MOST_PLACES = 10_000;

/** Measures rungs of one scenario, through the gateway and past it; the mock is the same all the time. */
export class RungRunner {
  /** Every run so far, raw. */
  readonly runs: RunResult[] = [];
  readonly #stage: Stage;
  readonly #wish: RungWish;
  #pair: Pair | undefined;
  /** The gateway there is has carried a rung. */
  #isUsed = false;

  constructor(stage: Stage, wish: RungWish) {
    this.#stage = stage;
    this.#wish = wish;
  }

  /** A rung; ended early by the user it has the windows that were whole, which may be none. */
  async measure(model: LoadModel, level: number, where: 'gateway' | 'direct'): Promise<Rung> {
    const wantsFresh = this.#wish.freshGateway && this.#isUsed && where === 'gateway';
    const pair = wantsFresh || !this.#pair ? await this.ready() : this.#pair;
    this.#isUsed ||= where === 'gateway';
    const runs: RunResult[] = [];
    while (runs.length < this.#wish.windows && !this.#stage.interrupt.aborted) {
      const run = await this.#run(pair, model, level, where);
      if (!run.interrupted) runs.push(run);
    }
    this.runs.push(...runs);
    return { level, windows: runs.map(windowOf) };
  }

  /** Starts what there is not yet, and a gateway in place of the one there is. */
  async ready(): Promise<Pair> {
    this.#pair = this.#pair
      ? await this.#withFreshGateway(this.#pair)
      : await startPair(this.#stage, { credentials: CREDENTIALS });
    // Code that no request has run yet is slow: the first rung would be judged by that (CPU a chunk eight times that of a warm one).
    await this.#run(this.#pair, 'users', WARM_UP_USERS, 'gateway');
    return this.#pair;
  }

  async #withFreshGateway({ mock, gateway, places }: Pair): Promise<Pair> {
    await gateway.stop();
    const fresh = await this.#stage.startTarget('cluster', { mockUrl: mock.origin, credentials: CREDENTIALS });
    return { mock, gateway: fresh, places: { ...places, gateway: { ...places.gateway, origin: fresh.url } } };
  }

  #run({ mock, gateway, places }: Pair, model: LoadModel, level: number, where: 'gateway' | 'direct'): Promise<RunResult> {
    const { settle, window } = this.#wish;
    const { origin, key } = places[where];
    const plan: Partial<RunPlan> & { target: string } = {
      ...{
        target: origin,
        label: `${level} ${model === 'users' ? 'users' : 'streams/s'}, ${where}`,
        model: MODEL,
        ...shapeOf(model, level),
      },
      ...{ durationSeconds: window, warmupSeconds: settle, rampSeconds: settle / 2, idleSeconds: 0, graceSeconds: 10 },
      ...{ timeoutSeconds: 20, skipMemory: true, engine: 'own', generators: level < SECOND_GENERATOR_FROM ? 1 : 2 },
    };
    return this.#stage.measure(plan, { key, mockOrigin: mock.origin, ...(where === 'gateway' && { pid: gateway.pids()[0] }) });
  }
}

function shapeOf(model: LoadModel, level: number): Partial<RunPlan> {
  if (model === 'users') return { vus: level };
  const vus = Math.min(MOST_PLACES, Math.max(100, level * PLACES_PER_RATE));
  return { vus, arrivals: { perSecond: level, spacing: 'poisson' } };
}
