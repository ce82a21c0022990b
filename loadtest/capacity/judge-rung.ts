/** Whether a rung was sustained, and if not, what stopped it. Pure. */
import { median } from '../bars/statistics.js';
import type { Promises, Rung, Verdict, Window } from './words.js';

/** Past these a window says more about the generator than about the target. */
const BUSIEST_GENERATOR = 0.95;
const LATEST_GENERATOR_MS = 100;
const LEAST_SENT_SHARE = 0.95;
/** A tenth more throughput at least, or … */
const LEAST_GAIN = 1.1;
/** … no more than half longer times: past both, more load only waits. */
const MOST_RISE = 1.5;
/** Of times this short half as long again is noise. */
const SHORT_TTFT_MS = 20;

/** The middle of the windows is judged, so that one stall of the machine decides nothing; errors count wherever they were. */
export function judgeRung(rung: Rung, below: Rung | undefined, promises: Promises): Verdict {
  const middle = middleOf(rung);
  return (
    ofGenerator(middle) ??
    ofErrors(rung) ??
    ofPromises(middle, promises) ??
    (below && ofGain(middle, middleOf(below), rung.level / below.level)) ?? {
      detail: `${perSecond(middle)}, first token P99 ${ms(middle.ttftP99)}`,
    }
  );
}

/** Each figure's median over the windows. */
export function middleOf({ windows }: Rung): Window {
  const names = Object.keys(windows[0] ?? {}) as (keyof Window)[];
  return Object.fromEntries(names.map((name) => [name, median(windows.map((window) => window[name]))])) as unknown as Window;
}

function ofGenerator({ generatorElu, generatorDelayP99, sentShare }: Window): Verdict | undefined {
  const detail =
    generatorElu > BUSIEST_GENERATOR
      ? `the generator's event loop was ${(100 * generatorElu).toFixed(0)} % busy`
      : generatorDelayP99 > LATEST_GENERATOR_MS
        ? `the generator's event loop was ${ms(generatorDelayP99)} late (P99)`
        : sentShare < LEAST_SENT_SHARE
          ? `only ${(100 * sentShare).toFixed(0)} % of what was due was sent`
          : undefined;
  return detail === undefined ? undefined : { fault: 'generator', detail };
}

function ofErrors({ windows }: Rung): Verdict | undefined {
  const failed = windows.reduce((sum, window) => sum + window.failed, 0);
  return failed > 0 ? { fault: 'errors', detail: `${failed} streams or events failed, were dropped or lost` } : undefined;
}

function ofPromises({ ttftP99, lagP99 }: Window, promises: Promises): Verdict | undefined {
  // Written this way round, a time that is not there (no stream ended) keeps no promise.
  if (!(ttftP99 <= promises.ttftP99))
    return { fault: 'slo', detail: `first token P99 ${ms(ttftP99)} (promised: ${ms(promises.ttftP99)})` };
  if (!(lagP99 <= promises.lagP99))
    return { fault: 'slo', detail: `event lag P99 ${ms(lagP99)} (promised: ${ms(promises.lagP99)})` };
  return undefined;
}

/** A step that is smaller than the gain looked for cannot show it. */
function ofGain(now: Window, before: Window, step: number): Verdict | undefined {
  const gain = now.throughput / before.throughput;
  const rise = now.ttftP95 / Math.max(SHORT_TTFT_MS, before.ttftP95);
  if (step < LEAST_GAIN || gain >= LEAST_GAIN || rise <= MOST_RISE) return undefined;
  return {
    fault: 'flat',
    detail: `${perSecond(before)} became ${perSecond(now)} while first token P95 rose from ${ms(before.ttftP95)} to ${ms(now.ttftP95)}`,
  };
}

function perSecond({ throughput }: Window): string {
  return `${throughput.toFixed(0)} streams/s`;
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`;
}
