/** All scenarios, in the order in which `--all` runs them. One import and one line for each. */
import { capacity } from './capacity.js';
import { concurrentThroughput } from './concurrent-throughput.js';
import { connections10k } from './connections-10k.js';
import { conversionOverhead } from './conversion-overhead.js';
import { endpoints } from './endpoints.js';
import { failover } from './failover.js';
import { largePrompts } from './large-prompts.js';
import { longSilence } from './long-silence.js';
import { memoryBack } from './memory-back.js';
import { memoryLeak } from './memory-leak.js';
import { mockBaseline } from './mock-baseline.js';
import { overload } from './overload.js';
import { ramp } from './ramp.js';
import { redisOutage } from './redis-outage.js';
import { rollingRestart } from './rolling-restart.js';
import { round1 } from './round-1.js';
import { round2 } from './round-2.js';
import type { Scenario } from './scenario.js';
import { slowReaders } from './slow-readers.js';
import { stickySession } from './sticky-session.js';
import { streamingBaseline } from './streaming-baseline.js';
import { streamingThroughput } from './streaming-throughput.js';
import { weightedDistribution } from './weighted-distribution.js';
import { workerKill } from './worker-kill.js';

export const CATALOGUE: readonly Scenario[] = [
  // Seed 000
  round1,
  round2,
  // Seed 001
  endpoints,
  connections10k,
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
  ramp,
  memoryBack,
  longSilence,
  // Capacity
  capacity,
  // Resilience
  slowReaders,
  largePrompts,
  rollingRestart,
  workerKill,
  redisOutage,
  overload,
];
