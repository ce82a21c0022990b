import { noCounts } from '../../engine/counts.js';
import type { RunPlan, RunResult, Sample } from '../../result.js';

/** What is known of a run that has not ended: its samples. The charts over time need no more. */
export function partialRun(plan: RunPlan, samples: Sample[]): RunResult {
  return {
    ...{ plan, samples, startedAt: '', interrupted: false, counts: noCounts(), durations: {}, throughGateway: true },
    ...{ generator: { processes: 1, elu: 0, loopDelayP99: 0, cpu: 0 }, untilLastEnd: 0, steadySeconds: 0 },
  };
}
