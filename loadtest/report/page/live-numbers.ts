import type { Sample } from '../../result.js';
import { legendNumber } from './numbers.js';

const MEGABYTE = 2 ** 20;
/** Rates are taken over at least so long, so that two samples close together make no spike. */
const SHORTEST_SECONDS = 0.5;

/** The latest second as figures. */
export function showNumbers(samples: readonly Sample[]): void {
  const last = samples.at(-1);
  if (!last) return;
  const before = samples.findLast(({ at }) => last.at - at >= SHORTEST_SECONDS);
  const rate = (read: (sample: Sample) => number): number | undefined =>
    before && (read(last) - read(before)) / (last.at - before.at);
  show('phase', `${last.phase}, ${Math.round(last.at)} s`);
  show('in-flight', legendNumber(last.inFlight, ''));
  show(
    'requests',
    legendNumber(
      rate(({ ok, failed }) => ok + failed),
      '',
    ),
  );
  show('events', legendNumber(Math.round(rate(({ events }) => events) ?? 0), ''));
  show('ttft', legendNumber(last.recent?.ttft?.p95, 'ms'));
  show('failed', legendNumber(last.failed, ''), last.failed > 0);
  show('cpu', legendNumber(last.gateway && Math.round(last.gateway.cpuPercent), '%'));
  show('memory', legendNumber(last.gateway && Math.round(last.gateway.pss / MEGABYTE), 'MB'));
  show('elu', legendNumber(Math.round(100 * last.generatorElu), '%'), last.generatorElu > 0.8);
}

function show(name: string, text: string, isBad = false): void {
  const place = document.querySelector(`[data-number="${name}"]`);
  if (!place) return;
  place.textContent = text;
  place.classList.toggle('bad', isBad);
}
