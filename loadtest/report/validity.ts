import { failures } from '../engine/counts.js';
import type { RunResult } from '../result.js';
import { settled } from './figures.js';

/** Past these the generator's numbers are no longer the target's. Delay p99 in milliseconds. */
export const GENERATOR_LIMITS = { warnElu: 0.8, invalidElu: 0.95, warnDelay: 10, invalidDelay: 100, stealPercent: 2 } as const;

/** An open model that sends less than this share of what was due was not the load that was asked for. Poisson arrivals vary by a few percent. */
const LEAST_SENT_SHARE = 0.8;

export interface Verdict {
  /** Why the run must not be used; empty: it may. */
  invalid: string[];
  warnings: string[];
}

/** Whether a run's numbers can be trusted. Pure: the same for a run just done and for one read from a file. */
export function judge(run: RunResult): Verdict {
  return {
    invalid: [...judgeCounts(run), ...saturation(run)],
    warnings: warningsOf(run),
  };
}

/** Why the counts must not be used: those of both ends disagree. A generator that was late spoils times, but no count. */
export function judgeCounts(run: RunResult): string[] {
  return [...ownBalance(run), ...mockBalance(run)];
}

function ownBalance(run: RunResult): string[] {
  const { counts } = run;
  const faults: string[] = [];
  if (counts.sent === 0) faults.push(run.interrupted ? 'interrupted before a request was sent' : 'no request was sent');
  if (counts.sent !== settled(run)) faults.push(`${counts.sent} requests were sent but ${settled(run)} are accounted for`);
  if (counts.sent > 0 && counts.ok === 0 && !run.interrupted) faults.push('no request succeeded');
  return faults;
}

/** Requests that may have left no trace, or half a trace, at the mock widen what is accepted; a clean run must agree exactly. */
function mockBalance(run: RunResult): string[] {
  const { mock, counts } = run;
  if (!mock) return [];
  const slack = failures(counts);
  const faults: string[] = [];
  const mostRequests = counts.sent + (run.throughGateway ? Math.max(0, mock.requests - mock.completed) : 0);
  if (mock.requests < counts.sent - slack || mock.requests > mostRequests)
    faults.push(`${counts.sent} requests were sent (${slack} failed) but the mock counted ${mock.requests}`);
  if (mock.done < counts.done || mock.done > counts.done + slack)
    faults.push(`[DONE] arrived ${counts.done} times (${slack} requests failed) but the mock sent it ${mock.done} times`);
  if (slack === 0 && !mayBeConverted(run) && mock.events !== counts.events)
    faults.push(`${counts.events} events arrived but the mock sent ${mock.events}`);
  return faults;
}

/**
 * The default upstream speaks chat: what is asked for in another API has events of its own, as many as that API needs.
 * LiteLLM makes every event anew, some fewer (137 of 139 in two streams, 1.106.2, 2026-11-21).
 */
function mayBeConverted({ throughGateway, plan }: RunResult): boolean {
  if (plan.target === 'litellm') return true;
  return throughGateway && plan.request !== undefined && plan.request.dialect !== 'chat';
}

function saturation({ generator, arrivals, counts }: RunResult): string[] {
  const faults: string[] = [];
  const { invalidElu, invalidDelay } = GENERATOR_LIMITS;
  if (generator.elu > invalidElu) faults.push(`the load generator was saturated (event loop ${percent(generator.elu)} busy)`);
  if (generator.loopDelayP99 > invalidDelay)
    faults.push(`the load generator was late (event loop delay p99 ${generator.loopDelayP99.toFixed(0)} ms)`);
  // Arrivals that were dropped were on time: every user was busy, which is the target's doing.
  if (arrivals && (counts.dropped ?? 0) === 0 && arrivals.sentPerSecond < LEAST_SENT_SHARE * arrivals.askedPerSecond)
    faults.push(
      `the load generator sent ${arrivals.sentPerSecond.toFixed(1)} requests a second where ${arrivals.askedPerSecond.toFixed(1)} were due`,
    );
  return faults;
}

function warningsOf(run: RunResult): string[] {
  const { generator, samples, plan, counts } = run;
  const limits = GENERATOR_LIMITS;
  const warnings: string[] = [];
  if (run.interrupted) warnings.push('interrupted: these are partial figures');
  if (generator.elu > limits.warnElu)
    warnings.push(`generator event loop ${percent(generator.elu)} busy (above ${percent(limits.warnElu)})`);
  if (generator.loopDelayP99 > limits.warnDelay)
    warnings.push(`generator event loop delay p99 ${generator.loopDelayP99.toFixed(1)} ms (above ${limits.warnDelay} ms)`);
  const steal = averageSteal(run);
  if (steal > limits.stealPercent) warnings.push(`the host took ${steal.toFixed(1)} % of the machine's time (steal)`);
  const overflows = samples.at(-1)?.listenOverflows ?? 0;
  if (overflows > 0) warnings.push(`${overflows} connections were dropped by full accept queues`);
  if (plan.timeScale !== 1)
    warnings.push(`time scale ${plan.timeScale}: latencies and RPS are not comparable with the published ones`);
  if (failures(counts) > 0) warnings.push(`${failures(counts)} of ${counts.sent} requests did not succeed`);
  if (run.mock && run.mock.sessionKeyChanges > 0 && run.throughGateway)
    warnings.push(`${run.mock.sessionKeyChanges} times a session came to the mock with another credential`);
  warnings.push(...eventWarnings(counts));
  if (!run.mock) warnings.push('no mock to ask: counts were not checked against the other end');
  return warnings;
}

function eventWarnings({ dropped = 0, missing = 0, doubled = 0, reordered = 0, unstamped = 0 }: RunResult['counts']): string[] {
  const told: [number, string][] = [
    [dropped, 'arrivals were dropped: every user was busy'],
    [missing, 'events of whole streams never came'],
    [doubled, 'events came twice'],
    [reordered, 'events came out of order'],
    [unstamped, 'streams came without the stamps of their model'],
  ];
  return told.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

/** Share of the machine's time that its host gave to others over the run, percent. */
export function averageSteal({ samples }: RunResult): number {
  return samples.length === 0 ? 0 : samples.reduce((sum, sample) => sum + sample.stealPercent, 0) / samples.length;
}
