/** Lines of one run for what only some runs have: arrivals, stamps, the gateway's own event loop. Pure. */
import type { Quantiles, RunResult } from '../result.js';

export function engineLines(run: RunResult): string[] {
  return [...arrivalLines(run), ...stampLines(run), ...loopLines(run)];
}

function arrivalLines({ arrivals, counts, durations }: RunResult): string[] {
  if (!arrivals) return [];
  const { askedPerSecond, sentPerSecond, answeredPerSecond } = arrivals;
  const { latency, latencyUncorrected, ttft, ttftUncorrected, sendLag } = durations;
  return [
    `  arrivals: asked ${askedPerSecond.toFixed(1)}/s, sent ${sentPerSecond.toFixed(1)}/s, answered ${answeredPerSecond.toFixed(1)}/s, dropped ${counts.dropped ?? 0}; sent later than due by ${times(sendLag)}`,
    `  from when it was due (corrected): latency ${times(latency)}, first token ${times(ttft)}`,
    `  from when it was sent (uncorrected): latency ${times(latencyUncorrected)}, first token ${times(ttftUncorrected)}`,
  ];
}

function stampLines({ counts, durations }: RunResult): string[] {
  const { missing = 0, doubled = 0, reordered = 0, unstamped = 0 } = counts;
  if (!durations.lag && unstamped === 0) return [];
  const gone = unstamped > 0 ? `; ${unstamped} streams came without stamps (converted? +marks outlives that)` : '';
  return [
    `  events from the mock's write to our read: ${times(durations.lag)}; missing ${missing}, doubled ${doubled}, out of order ${reordered}${gone}`,
  ];
}

function loopLines({ samples }: RunResult): string[] {
  const loops = samples.flatMap(({ gatewayLoop }) => gatewayLoop ?? []);
  if (loops.length === 0) return [];
  const delay = Math.max(...loops.map(({ delayP99 }) => delayP99));
  const elu = Math.max(...loops.map((loop) => loop.elu));
  return [
    `  gateway: event loop of its busiest process ${(100 * elu).toFixed(0)} % busy, delay p99 ${delay.toFixed(1)} ms at most`,
  ];
}

function times(quantiles: Quantiles | undefined): string {
  if (!quantiles) return '–';
  const { p50, p95, p99 } = quantiles;
  return `p50 ${p50.toFixed(2)} p95 ${p95.toFixed(2)} p99 ${p99.toFixed(2)} ms`;
}
