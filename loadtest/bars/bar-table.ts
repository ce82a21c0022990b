import type { Bar, Elsewhere } from './figure.js';

const lower = (what: string, unit: Bar['unit'], bar: number, beyond: number): Bar => ({
  ...{ what, unit, better: 'lower', bar, beyond },
});

const higher = (what: string, bar: number, beyond: number): Bar => ({ what, unit: 'ratio', better: 'higher', bar, beyond });

/** The bars of the design that this command measures. */
export const BARS = {
  chunk: lower("CPU per relayed chunk over Go's, cluster of 4 workers, 1000 streams", 'ratio', 1.25, 0.9),
  'chunk-single': lower("CPU per relayed chunk over Go's, single process, 1000 streams", 'ratio', 1.25, 0.9),
  'chunk-tls': lower("CPU per relayed chunk over Go's, HTTPS upstream, cluster of 4 workers", 'ratio', 1.5, 1.1),
  'chunk-tls-single': lower("CPU per relayed chunk over Go's, HTTPS upstream, single process", 'ratio', 1.5, 1.1),
  nonstream: lower("CPU per non-streaming request over Go's, cluster of 4 workers, 50 connections", 'ratio', 1, 0.6),
  'nonstream-single': lower("CPU per non-streaming request over Go's, single process, 50 connections", 'ratio', 1, 0.6),
  'scaling-2': higher('Throughput of 2 workers, each held to an equal CPU share, over 2 × one worker', 0.95, 0.98),
  'scaling-4': higher('Throughput of 4 workers, each held to an equal CPU share, over 4 × one worker', 0.95, 0.98),
  'scaling-8': higher('Throughput of 8 workers, each held to an equal CPU share, over 8 × one worker', 0.95, 0.98),
  'rps-per-cpu': higher('RPS per 1 % CPU in round 2, cluster of 4 workers over the conventional process', 1.5, 2.2),
  'first-token-p50': lower('Added time to first token at 1000 streams, p50, kept connections', 'ms', 0.5, 0.2),
  'first-token-p99': lower('Added time to first token at 1000 streams, p99, kept connections', 'ms', 5, 2),
  'first-token-new-p50': lower('Added time to first token at 1000 streams, p50, new connections', 'ms', 0.5, 0.2),
  'first-token-new-p99': lower('Added time to first token at 1000 streams, p99, new connections', 'ms', 5, 2),
  latency: lower('Added latency, one connection, no stream, p50, cluster of 4 workers', 'ms', 0.4, 0.2),
  memory: lower('Memory (PSS) at 1000 streams, primary and 4 workers', 'MB', 220, 140),
  'cold-start': lower('Cold start to the first 200, primary and 2 workers', 'ms', 500, 200),
  'decision-embedded': lower('Sticky and turn decision, p99 at 2,000 new sessions/s, embedded', 'ms', 2, 0.5),
  'decision-redis': lower('Sticky and turn decision, p99 at 2,000 new sessions/s, Redis', 'ms', 2, 0.5),
  'conversion-request': lower('Conversion of a small request, the slowest pair of protocols', 'µs', 60, 20),
  'conversion-event': lower('Conversion of one event of a stream, the slowest pair of protocols', 'µs', 10, 3),
  'streams-9000-failures': lower('9,000 concurrent streams: failures', 'count', 0, 0),
  'streams-9000-memory': lower("9,000 concurrent streams: memory (PSS) over Go's", 'ratio', 1, 0.5),
} as const satisfies Record<string, Bar>;

export type BarId = keyof typeof BARS;

/** The rest of the table. */
export const ELSEWHERE: readonly Elsewhere[] = [
  {
    what: "Streams cut by a rolling restart, a worker kill's collateral, a Redis outage: 0",
    where:
      'asserted by tests: `npx tap run test/renewal-under-load.test.ts test/cluster-renewal.test.ts test/worker-death.test.ts test/redis-outage.test.ts`',
  },
];
