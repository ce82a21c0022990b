import { failures } from '../engine/counts.js';
import { figuresOf } from '../report/figures.js';
import type { RunResult } from '../result.js';
import type { Window } from './words.js';

/** What a run says about its rung. Pure. */
export function windowOf(run: RunResult): Window {
  const { counts, durations, generator } = run;
  const { dropped = 0, missing = 0 } = counts;
  return {
    throughput: run.steadySeconds > 0 ? counts.steadyOk / run.steadySeconds : 0,
    ttftP95: durations.ttft?.p95 ?? Number.NaN,
    ttftP99: durations.ttft?.p99 ?? Number.NaN,
    lagP99: durations.lag?.p99 ?? Number.NaN,
    failed: failures(counts) + dropped + missing,
    sentShare: sentShare(run),
    generatorElu: generator.elu,
    generatorDelayP99: generator.loopDelayP99,
    cpuPerThousandEvents: figuresOf(run).cpuPerThousandEvents ?? Number.NaN,
  };
}

/** Arrivals that were dropped were on time: that every user was busy is the target's doing. */
function sentShare({ arrivals, counts, steadySeconds }: RunResult): number {
  if (!arrivals || arrivals.askedPerSecond === 0) return 1;
  return Math.min(1, ((counts.steadySent ?? 0) + (counts.dropped ?? 0)) / (arrivals.askedPerSecond * steadySeconds));
}
