/** All scenarios, in the order in which `--all` runs them. One import and one line for each. */
import { concurrentThroughput } from './concurrent-throughput.js';
import { conversionOverhead } from './conversion-overhead.js';
import { failover } from './failover.js';
import { memoryLeak } from './memory-leak.js';
import { mockBaseline } from './mock-baseline.js';
import type { Scenario } from './scenario.js';
import { stickySession } from './sticky-session.js';
import { streamingBaseline } from './streaming-baseline.js';
import { streamingThroughput } from './streaming-throughput.js';
import { weightedDistribution } from './weighted-distribution.js';

export const CATALOGUE: readonly Scenario[] = [
  // Seed 000
  // Seed 001
  // Seed 002
  mockBaseline,
  concurrentThroughput,
  streamingBaseline,
  stickySession,
  weightedDistribution,
  conversionOverhead,
  streamingThroughput,
  failover,
  memoryLeak,
  // Seed 003
  // Resilience
];
