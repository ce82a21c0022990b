import { freemem, totalmem } from 'node:os';
import { Histogram } from './histogram.js';
import type { ProcessGauges, Slots } from './ledger.js';

const MEGABYTE = 1024 * 1024;
/** Seed 004: overloaded past 90 % of the slots or 95 % of the memory. */
const MOST_SLOTS_PERCENT = 90;
const MOST_MEMORY_PERCENT = 95;

/** Memory of the host, bytes. */
export interface HostMemory {
  totalBytes: number;
  availableBytes: number;
}

export function readHostMemory(): HostMemory {
  return { totalBytes: totalmem(), availableBytes: freemem() };
}

/** The status and JSON of `/health`. */
export function judgeHealth({ active, max }: Slots, { totalBytes, availableBytes }: HostMemory) {
  const slotsPercent = (active / max) * 100;
  const usedBytes = totalBytes - availableBytes;
  const memoryPercent = (usedBytes / totalBytes) * 100;
  const overloaded = slotsPercent > MOST_SLOTS_PERCENT || memoryPercent > MOST_MEMORY_PERCENT;
  const memory = {
    total_mb: Math.round(totalBytes / MEGABYTE),
    used_mb: Math.round(usedBytes / MEGABYTE),
    available_mb: Math.round(availableBytes / MEGABYTE),
    usage_percent: `${memoryPercent.toFixed(1)}%`,
  };
  const body = {
    status: overloaded ? 'overloaded' : 'healthy',
    concurrent_usage: `${slotsPercent.toFixed(1)}%`,
    available_slots: max - active,
    memory,
  };
  return { status: overloaded ? 503 : 200, body };
}

/** What the processes together add to the books. */
export function sumGauges(gauges: readonly ProcessGauges[]) {
  const lateness = new Histogram();
  for (const one of gauges) lateness.addPairs(one.lateness);
  return {
    eventsInFlight: gauges.reduce((sum, one) => sum + one.eventsInFlight, 0),
    doneInFlight: gauges.reduce((sum, one) => sum + one.doneInFlight, 0),
    lateness: { samples: lateness.count, p50Us: lateness.percentile(0.5), p99Us: lateness.percentile(0.99) },
    processes: gauges.map(({ processId, residentBytes }) => ({ processId, residentBytes })),
  };
}

interface MetricsSource {
  requests: number;
  completed: number;
  aborted: number;
  faulted: number;
  refused: number;
  noSlot: number;
  active: number;
  maxConcurrent: number;
  events: number;
  doneMarkers: number;
  lateness: { p50Us: number; p99Us: number };
}

/** The Prometheus text of `/metrics`. */
export function metricsText(stats: MetricsSource): string {
  const rows: [name: string, type: 'gauge' | 'counter', help: string, value: number | [label: string, value: number][]][] = [
    ['llm_mock_active_requests', 'gauge', 'Requests being served.', stats.active],
    ['llm_mock_max_concurrent_requests', 'gauge', 'Requests served at a time at most.', stats.maxConcurrent],
    ['llm_mock_requests_total', 'counter', 'Requests since the last reset.', stats.requests],
    [
      'llm_mock_outcomes_total',
      'counter',
      'How requests ended.',
      (['completed', 'aborted', 'faulted', 'refused', 'noSlot'] as const).map((name) => [`outcome="${name}"`, stats[name]]),
    ],
    ['llm_mock_events_total', 'counter', 'Server-sent events written.', stats.events],
    ['llm_mock_done_markers_total', 'counter', '[DONE] events written.', stats.doneMarkers],
    [
      'llm_mock_lateness_microseconds',
      'gauge',
      'How late paced events were written.',
      [
        ['quantile="0.5"', stats.lateness.p50Us],
        ['quantile="0.99"', stats.lateness.p99Us],
      ],
    ],
  ];
  const lines = rows.flatMap(([name, type, help, value]) => {
    const samples = typeof value === 'number' ? [`${name} ${value}`] : value.map(([label, one]) => `${name}{${label}} ${one}`);
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples];
  });
  return `${lines.join('\n')}\n`;
}
