/** The words of the load harness: what a run measures, as plain data. Reports are made from these alone. Types only. */

import type { BaselineComparison } from './baseline/words.js';
import type { Check } from './check.js';
import type { Environment } from './environment-record.js';

export type { Environment };

/** Bumped when a field changes its meaning or goes; new fields do not bump it. */
export const SCHEMA_VERSION = 1;

/** Milliseconds. */
export interface Quantiles {
  count: number;
  min: number;
  mean: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  max: number;
}

/**
 * Every request sent ends in exactly one of these:
 * ok (200, whole, `[DONE]` seen) · http (another status) · streamError (an error event inside a 200) · truncated (ended early) ·
 * timeout · connect (no status line: refused, reset or closed before it) · incomplete (still open when the run gave up waiting).
 */
export interface Outcomes {
  ok: number;
  http: Record<string, number>;
  streamError: number;
  truncated: number;
  timeout: number;
  connect: number;
  incomplete: number;
}

/** Counters of one run; sums over generator processes. */
export interface Counts extends Outcomes {
  /** Requests written (or tried to). */
  sent: number;
  /** Streams in which `[DONE]` arrived, whatever else befell them. */
  done: number;
  /** `data:` events, role, finish and `[DONE]` included: what the published "SSE chunks" are. */
  events: number;
  /** Of those, events of streams that ended ok. */
  eventsOfOk: number;
  /** Events that carry a non-empty piece of content. */
  contentEvents: number;
  /** HTTP chunks that ended; one may hold several events, an event may need several. */
  httpChunks: number;
  /** Bytes of bodies, without headers and chunk framing. */
  bytes: number;
  /** Streams that ended ok, and their events, inside the steady window [warm-up end, end of load]. */
  steadyOk: number;
  steadyEvents: number;
  /** Streams begun in the warm-up: counted above, but their times are in no percentile. */
  warmup: number;
  /** Codes or words behind `connect`, `truncated` and `timeout`, for the reader. */
  causes: Record<string, number>;
  /** By the mock's stamps, where the model has them: events that never came (of streams that ended ok), came twice, came out of order. */
  missing?: number;
  doubled?: number;
  reordered?: number;
  /** Streams that ended ok without one stamp, though the model stamps: converted on the way (`+marks` outlives that). */
  unstamped?: number;
  /** Requests sent inside the steady window. */
  steadySent?: number;
  /** Open model: arrivals that found every user busy and were not sent (k6: dropped iterations). */
  dropped?: number;
}

/** Times of streams that ended ok and began after the warm-up. */
export interface Durations {
  /** Request written (first one of a user: connect begun) to last byte. */
  latency?: Quantiles;
  /** … to status line and headers. */
  ttfb?: Quantiles;
  /** … to the first event with non-empty content. */
  ttft?: Quantiles;
  /** Between two content events of one stream, as they were read. */
  gap?: Quantiles;
  /** From the mock's stamp in an event to its reading here, on the clock they share; events of all streams after the warm-up. */
  lag?: Quantiles;
  /** Open model: the three above begin when a request was due ("corrected"); these when it was sent ("uncorrected"). */
  latencyUncorrected?: Quantiles;
  ttftUncorrected?: Quantiles;
  /** Open model: how much later than due requests were sent; the timers of Node alone make about 1 ms of it. */
  sendLag?: Quantiles;
}

/** Percent of all times, and the milliseconds within which they lie. */
export type PercentilePoint = [percent: number, milliseconds: number];

/** How the generator itself fared between warm-up end and end of load; the worst of its processes. */
export interface GeneratorHealth {
  processes: number;
  /** Event loop utilisation, 0–1. */
  elu: number;
  /** Event loop delay beyond the timer's own period, milliseconds. */
  loopDelayP99: number;
  /** CPU of all generator processes over the wall time of the load, 1 = one core. */
  cpu: number;
}

export type Phase = 'idle' | 'warmup' | 'load' | 'drain' | 'after';

/** One process of a tree at one moment. */
export interface ProcessSample {
  pid: number;
  /** Of one core, since the last sample. */
  cpuPercent: number;
  /** Bytes. */
  pss: number;
}

/** One process tree at one moment. */
export interface GroupSample {
  /** Percent of one core since the last sample. */
  cpuPercent: number;
  /** CPU-seconds since sampling began. */
  cpuSeconds: number;
  /** Bytes. */
  rss: number;
  pss: number;
  fds: number;
  threads: number;
  processes: number;
  /** The gateway's processes one by one, the first started first: an uneven cluster shows here. Absent for the others, and in old summaries. */
  each?: ProcessSample[];
}

/** One second of a run. */
export interface Sample {
  /** Seconds since the load began; negative before. */
  at: number;
  phase: Phase;
  gateway?: GroupSample;
  mock?: GroupSample;
  generator?: GroupSample;
  /** Event loop utilisation of the busiest generator process since the warm-up, 0–1. */
  generatorElu: number;
  /** Share of the machine's time taken by others on its host, percent. */
  stealPercent: number;
  /** Of the gateway's busiest process, where its admin port tells: p99 of its event loop delay in milliseconds, utilisation 0–1. */
  gatewayLoop?: { delayP99: number; elu: number };
  /** Connections dropped by full accept queues since sampling began, whole machine. */
  listenOverflows: number;
  inFlight: number;
  ok: number;
  failed: number;
  events: number;
  /** Latency p95 so far, milliseconds. */
  p95: number;
  /** Of streams that ended ok within the last five seconds, milliseconds; absent when none did, and in old summaries. */
  recent?: { ttft?: Quantiles; latency?: Quantiles };
  /** `failed` by kind (`http 503`, `timeout`, …), those above 0; absent in old summaries. */
  failures?: Record<string, number>;
}

/** The mock's own counts over the run, as far as they are compared. */
export interface MockCounts {
  requests: number;
  completed: number;
  done: number;
  events: number;
  /** Requests refused because all slots were taken. */
  noSlot: number;
  /** Credentials that were used, and the most and the fewest requests that one of them got. */
  keys: number;
  mostOnKey: number;
  fewestOnKey: number;
  sessions: number;
  /** Requests of a session that came with another credential than the one before. */
  sessionKeyChanges: number;
}

export interface MemoryAfter {
  /** `gc`: a garbage collection was asked for on the admin port; `settle`: only time was given. */
  how: 'gc' | 'settle';
  rss: number;
  pss: number;
}

/** From the level before to this one, over so many seconds; 0 seconds are a jump. */
export interface LoadStage {
  seconds: number;
  target: number;
}

/** Which requests are made; absent in a plan: streamed chat. */
export interface RequestForm {
  /** `get`: a GET without body, like `/health`. */
  dialect: 'chat' | 'messages' | 'responses' | 'get';
  stream: boolean;
  /** Another path than the dialect's own. */
  path?: string;
  /** Besides those that the API wants: some gateways are told by headers where to go. */
  headers?: Record<string, string>;
}

/** What was asked for. */
export interface RunPlan {
  label: string;
  target: string;
  /** 1 for the first run of this target, 2 for the second; absent in old summaries. */
  repeat?: number;
  vus: number;
  credentials: number;
  durationSeconds: number;
  warmupSeconds: number;
  rampSeconds: number;
  thinkMs: [number, number];
  graceSeconds: number;
  idleSeconds: number;
  timeoutSeconds: number;
  workers: number;
  model: string;
  seed: number;
  timeScale: number;
  generators: number;
  /** Memory after the load is not asked for. */
  skipMemory?: boolean;
  /**
   * Absent: autocannon's, which serves the closed model at a constant number of users. `own`: raw sockets (engine/open), taken by
   * itself where arrivals, stages, iterations or a GET are asked for.
   */
  engine?: 'autocannon' | 'own';
  /** Open model: requests begin so often, whether or not others have ended. `vus` is then the most in flight. */
  arrivals?: { perSecond: number; spacing: 'constant' | 'poisson' };
  /** Ramps: of users from `startUsers`, of arrivals from `perSecond`. */
  stages?: LoadStage[];
  /** Users at the begin of the stages; absent: 0. */
  startUsers?: number;
  /** Streams of all users together, after which the load ends. */
  iterations?: number;
  request?: RequestForm;
  /** File whose rows the users are; never its content, which holds keys. */
  usersFile?: string;
}

/** What became of an open model's schedule between the warm-up's end and the load's end. */
export interface ArrivalRecord {
  askedPerSecond: number;
  /** Sent within the window; less than asked: the users were all busy (`dropped`), or the generator was late. */
  sentPerSecond: number;
  answeredPerSecond: number;
}

/** One measured run, whole and raw: reports are redone from this. */
export interface RunResult {
  plan: RunPlan;
  startedAt: string;
  interrupted: boolean;
  counts: Counts;
  durations: Durations;
  /** The same times as curves from the fastest to the slowest; absent in old summaries. */
  curves?: Partial<Record<keyof Durations, PercentilePoint[]>>;
  generator: GeneratorHealth;
  /** Open model only. */
  arrivals?: ArrivalRecord;
  /** From the first request to the end of the last stream, seconds. */
  untilLastEnd: number;
  /** Length of the steady window, seconds. */
  steadySeconds: number;
  samples: Sample[];
  memoryAfter?: MemoryAfter;
  /** Absent when the mock is not ours to ask. */
  mock?: MockCounts;
  /** Whether the target may retry, so that the mock may see more requests than were sent. */
  throughGateway: boolean;
}

/** Middle and ends of what repeated runs gave. */
export interface Spread {
  median: number;
  lowest: number;
  highest: number;
}

/** One target of a comparison: what its runs gave together. */
export interface ComparedTarget {
  label: string;
  target: string;
  runs: number;
  /** Runs that the figures are of: the valid ones that were not interrupted; when there are none, all. */
  used: number;
  isSound: boolean;
  /** By name of the figure (report/figures.ts). */
  figures: Record<string, Spread>;
  /** Figure ÷ the one of the main target and of the Go reference in the same repeat. */
  overMain: Record<string, Spread>;
  overGo: Record<string, Spread>;
}

/** Several targets, or several runs of one, beside each other; the main target is the first. */
export interface Comparison {
  targets: ComparedTarget[];
}

/** `summary.json`. */
export interface Summary {
  schemaVersion: typeof SCHEMA_VERSION;
  environment: Environment;
  runs: RunResult[];
  /** Absent for a single run. */
  comparison?: Comparison;
  /** With `--base` or `--baseline`. */
  baseline?: BaselineComparison;
  /** `-T`, `--title`. */
  title?: string;
  /** The command line, to run it again. */
  command?: string;
  /** What `--threshold` asked of each run. */
  thresholds?: Check[];
  /** Why the numbers must not be used; empty when they may. */
  invalid: string[];
  warnings: string[];
}
