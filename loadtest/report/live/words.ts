/** What the live page is told, as JSON in server-sent events. Types only. */
import type { RunPlan, Sample } from '../../result.js';
import type { Outcome } from '../../scenarios/findings.js';

/** All that a page just opened needs: event `state`. */
export interface LiveState {
  title: string;
  /** What runs now; absent between scenarios. */
  now?: { name: string; title: string; index: number; of: number };
  /** The measured run that the samples are of. */
  plan?: RunPlan;
  samples: Sample[];
  /** Share of the scenario that is done, 0–1. */
  progress: number;
  /** The last line that the scenario said. */
  said: string;
  finished: { name: string; outcome: Outcome; kept: number; checks: number; seconds: number }[];
  /** Set when it is over: what became of it. */
  ended?: string;
}

/** One second: event `sample`. */
export interface LiveSample {
  plan: RunPlan;
  sample: Sample;
  /** A new run begins with it: what was shown before is of another. */
  isFirst: boolean;
}
