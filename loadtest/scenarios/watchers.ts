import type { SuiteWatch } from './watch.js';

/** Several who look on as one. */
export function watchedBy(...watchers: readonly SuiteWatch[]): SuiteWatch {
  return {
    begins: (scenario, place) => each(watchers, (one) => one.begins(scenario, place)),
    sample: (sample, plan) => each(watchers, (one) => one.sample(sample, plan)),
    say: (text) => each(watchers, (one) => one.say(text)),
    progress: (share) => each(watchers, (one) => one.progress(share)),
    ended: (result) => each(watchers, (one) => one.ended(result)),
  };
}

function each(watchers: readonly SuiteWatch[], tell: (one: SuiteWatch) => void): void {
  for (const one of watchers) tell(one);
}
