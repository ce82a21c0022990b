import type { Sample } from '../result.js';

const MEGABYTE = 2 ** 20;

/** One second of a run as one line; rates are since the sample before. Pure. */
export function liveLine(sample: Sample, before: Sample | undefined, vus: number): string {
  const seconds = before ? sample.at - before.at : 0;
  const rate = (now: number, then: number): string => (seconds > 0 ? ((now - then) / seconds).toFixed(0) : '–');
  const parts = [
    `${sample.at.toFixed(0).padStart(4)} s`,
    sample.phase.padEnd(6),
    `${vus} users`,
    `${sample.inFlight} in flight`,
    `${rate(sample.ok, before?.ok ?? 0)} req/s`,
    `${rate(sample.events, before?.events ?? 0)} chunks/s`,
    `p95 ${(sample.p95 / 1000).toFixed(2)} s`,
    `errors ${sample.failed}`,
  ];
  if (sample.gateway)
    parts.push(`gateway ${sample.gateway.cpuPercent.toFixed(0)} % ${(sample.gateway.pss / MEGABYTE).toFixed(0)} MB`);
  if (sample.mock) parts.push(`mock ${sample.mock.cpuPercent.toFixed(0)} %`);
  parts.push(`generator ELU ${sample.generatorElu.toFixed(2)}`);
  return parts.join('  ');
}
