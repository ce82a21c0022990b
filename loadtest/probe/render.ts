/** What probes found, as text. Pure. */
import { numeral, textTable } from '../report/text-table.js';
import type { HeapClass } from './heap-classes.js';
import type { Busy } from './self-time.js';
import type { Memory } from './words.js';

/** Before the load, four fifths through it, and when all is over; each after a collection. */
export type Moment = 'idle' | 'peak' | 'after';

export interface MemoryRow {
  process: string;
  moment: Moment;
  memory: Memory;
}

export interface ProbeFindings {
  label: string;
  /** Names in the results' folder. */
  files: string[];
  faults: string[];
  memory: MemoryRow[];
  busy?: Busy;
  /** Between idle and after, in the process of which snapshots were taken. */
  grown?: HeapClass[];
}

const ROWS = 20;
const GROWN_ROWS = 12;

export function renderProbe({ label, files, faults, memory, busy, grown }: ProbeFindings): string {
  return [
    ...(busy ? [profileTable(label, busy)] : []),
    ...(memory.length > 0 ? [memoryTable(label, memory)] : []),
    ...(grown ? [grownTable(grown)] : []),
    [...howToOpen(files), ...faults.map((fault) => `not taken: ${fault}`), WARNING].join('\n'),
  ].join('\n\n');
}

const WARNING = 'Probes cost time and stop processes: do not compare the figures of such a run with others.';

function profileTable(label: string, { rows, milliseconds }: Busy): string {
  const body = rows.slice(0, ROWS).map(({ what, place, milliseconds: own }) => {
    return [`${what}  ${place}`.trimEnd(), numeral(own, 1), numeral((100 * own) / milliseconds, 1)];
  });
  return textTable([`${label}: ${numeral(milliseconds, 0)} ms busy under load, by function`, 'self ms', '%'], body);
}

function memoryTable(label: string, rows: readonly MemoryRow[]): string {
  const megabytes = (bytes: number): string => numeral(bytes / 2 ** 20, 1);
  const sorted = rows.toSorted((a, b) => a.process.localeCompare(b.process));
  const body = sorted.map(({ process, moment, memory: { heapUsed, external, arrayBuffers, rss } }) => [
    ...[`${process}, ${moment}`, megabytes(heapUsed), megabytes(external), megabytes(arrayBuffers), megabytes(rss)],
  ]);
  return textTable([`${label}: MB after a collection`, 'heap', 'external', 'of that buffers', 'RSS'], body);
}

function grownTable(grown: readonly HeapClass[]): string {
  const body = grown
    .slice(0, GROWN_ROWS)
    .map(({ name, count, bytes }) => [name || '(without a name)', numeral(count), numeral(bytes / 1024, 1)]);
  return body.length === 0
    ? 'After the load no kind of object held more than before.'
    : textTable(['More after than before the load', 'objects', 'KB'], body);
}

function howToOpen(files: readonly string[]): string[] {
  const has = (ending: string): boolean => files.some((file) => file.endsWith(ending));
  return [
    ...(has('.cpuprofile')
      ? ['.cpuprofile: open in VS Code, in Chrome (DevTools, Performance, Load profile), or as a flame graph in speedscope.']
      : []),
    ...(has('.heapsnapshot')
      ? ['.heapsnapshot: Chrome DevTools, Memory, Load; choose two and Comparison to see what grew.']
      : []),
  ];
}
