import { readSteal } from '../engine/proc.js';
import type { Phase, Sample } from '../result.js';
import { type RunSetting, run } from '../run.js';
import { runPlanOf, type ScalingWishes } from './plan.js';
import { ShareKeeper, type Shares } from './share-keeper.js';
import { warmUp, warmWorkers } from './warm-up.js';
import type { PointPlan, PointReading, PointResult, ScalingPlan } from './words.js';

/** Measures one point: warm up, load without limits, limits on, settle, measure, limits off for the drain. */
export async function measurePoint(
  point: PointPlan,
  plan: ScalingPlan,
  wishes: ScalingWishes,
  setting: Pick<RunSetting, 'entry' | 'home' | 'interrupt' | 'onSample'> & { shares: Shares },
): Promise<PointResult> {
  const keeper = new ShareKeeper(setting.shares, point);
  const watch = new PointWatch(keeper, plan.freeSeconds);
  try {
    const result = await run(runPlanOf(point, plan, wishes), {
      ...setting,
      // Go would start as many threads as the real machine has cores.
      env: point.target === 'go' ? { GOMAXPROCS: String(point.workers) } : {},
      onGateway: async (gateway) => {
        keeper.hold(gateway.pid);
        await warmUp(gateway, warmWorkers(point), setting.entry, setting.interrupt);
      },
      onSample: (sample) => {
        watch.see(sample);
        setting.onSample(sample);
      },
    });
    return { plan: point, readings: watch.readings, run: result };
  } finally {
    keeper.end();
  }
}

/** Sets and lifts the limits by the phases of a run, and takes a reading beside each of its samples. */
class PointWatch {
  readonly readings: PointReading[] = [];
  readonly #keeper: ShareKeeper;
  readonly #freeSeconds: number;

  constructor(keeper: ShareKeeper, freeSeconds: number) {
    this.#keeper = keeper;
    this.#freeSeconds = freeSeconds;
  }

  see(sample: Sample): void {
    const wanted = this.#wantsLimit(sample.phase, sample.at);
    if (wanted && !this.#keeper.limited) this.#keeper.limit();
    if (!wanted && this.#keeper.limited) this.#keeper.lift();
    this.readings.push(this.#read(sample));
  }

  #wantsLimit(phase: Phase, at: number): boolean {
    return phase === 'load' || (phase === 'warmup' && at >= this.#freeSeconds);
  }

  #read({ phase, events }: Sample): PointReading {
    const keeper = this.#keeper;
    return {
      at: performance.now() / 1000,
      phase,
      limited: keeper.limited,
      all: keeper.throttle(),
      processes: keeper.processes(),
      machine: readSteal(),
      events,
    };
  }
}
