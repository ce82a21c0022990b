/** The published figures (seed document 000): k6 on one machine, the gateway on another with 4 cores and 8 GB. */

/** Rows as published; `null` where the document gives none. Percent, milliseconds, MB as there. */
export interface PublishedColumn {
  name: string;
  rps: number | null;
  requests: number | null;
  average: number | null;
  p50: number | null;
  p95: number | null;
  success: number | null;
  events: number | null;
  idleCpu: string | null;
  /** Percent of one core. */
  peakCpu: number | null;
  idleMemory: number | null;
  peakMemory: number | null;
  memoryAfter: number | null;
  fds: number | null;
  threads: number | null;
  rpsPerServerCpu: number | null;
  rpsPerMb: number | null;
}

/** Cores of the published server: its "server CPU" is percent of one core over this. */
export const PUBLISHED_CORES = 4;

const NO_EFFICIENCY = { rpsPerServerCpu: null, rpsPerMb: null };
const NO_IDLE = { idleCpu: null, idleMemory: null, memoryAfter: null };
/** Next.js gave no summary in round 2. */
const NO_SUMMARY = { rps: null, requests: null, average: null, p50: null, p95: null, success: null, events: null };

export const PUBLISHED: Readonly<Record<1 | 2, readonly PublishedColumn[]>> = {
  1: [
    {
      name: 'Go',
      ...{ rps: 6.69, requests: 511, average: 6300.64, p50: 6432.08, p95: 14669.36, success: 100, events: 46479 },
      ...{ idleCpu: '3.8-4.0', peakCpu: 5.6, idleMemory: 48, peakMemory: 107, memoryAfter: 47, fds: 110, threads: 7 },
      ...NO_EFFICIENCY,
    },
    {
      name: 'Node.js',
      ...{ rps: 6.72, requests: 494, average: 6569.07, p50: 6961.11, p95: 14977.09, success: 100, events: 47155 },
      ...{ idleCpu: '0.1', peakCpu: 5.5, idleMemory: 57.92, peakMemory: 118.81, memoryAfter: 79.75, fds: 123, threads: 11 },
      ...NO_EFFICIENCY,
    },
    {
      name: 'Next.js',
      ...{ rps: 6.82, requests: 516, average: 6281.57, p50: 6803.99, p95: 14714.86, success: 100, events: 46895 },
      ...{ idleCpu: '0.3-0.4', peakCpu: 8.8, idleMemory: 85.01, peakMemory: 158.98, memoryAfter: 107.58, fds: 123, threads: 11 },
      ...NO_EFFICIENCY,
    },
  ],
  2: [
    {
      name: 'Go',
      ...{ rps: 138.56, requests: 19344, average: 6466.62, p50: 6659.31, p95: 15140.44, success: 100, events: 1809964 },
      ...{ ...NO_IDLE, peakCpu: 107, peakMemory: 1795.85, fds: 2016, threads: 9, rpsPerServerCpu: 5.18, rpsPerMb: 0.077 },
    },
    {
      name: 'Node.js',
      ...{ rps: 79.05, requests: 10982, average: 11317.55, p50: 8507.56, p95: 21324.29, success: 98.22, events: 1014726 },
      ...{ ...NO_IDLE, peakCpu: 90.3, peakMemory: 383.78, fds: 2054, threads: 11, rpsPerServerCpu: 3.5, rpsPerMb: 0.206 },
    },
    {
      name: 'Next.js',
      ...NO_SUMMARY,
      ...{ ...NO_IDLE, peakCpu: 100, peakMemory: 746.68, fds: 1454, threads: 11, ...NO_EFFICIENCY },
    },
  ],
};
