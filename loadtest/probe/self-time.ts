/** CPU profiles → where the time went. Pure, but for the source maps that it is given. */

/** As V8 writes it, as far as it is read. Lines and columns from 0. */
export interface CpuProfile {
  nodes: { id: number; callFrame: CallFrame }[];
  /** Id of the node that ran at each sample. */
  samples?: number[];
  /** Microseconds before each sample. */
  timeDeltas?: number[];
}

export interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
  columnNumber: number;
}

export interface SelfTime {
  what: string;
  /** `src/upstream/http/reader.ts:88`; '' for what is V8's own. */
  place: string;
  milliseconds: number;
}

export interface Busy {
  /** Time in which something ran, of all profiles together. */
  milliseconds: number;
  rows: SelfTime[];
}

/** Of what V8 reports as functions these are no work. */
const NO_WORK: ReadonlySet<string> = new Set(['(idle)', '(root)']);

/** Time of each function without what it called, the longest first. `placeOf`: where a frame stands in the sources. */
export function selfTimes(profiles: readonly CpuProfile[], placeOf: (frame: CallFrame) => string): Busy {
  const rows = new Map<string, SelfTime>();
  for (const profile of profiles) {
    const byNode = timeByNode(profile);
    for (const { id, callFrame } of profile.nodes) {
      if (NO_WORK.has(callFrame.functionName)) continue;
      const [what, place] = [callFrame.functionName || '(anonymous)', placeOf(callFrame)];
      const row = rows.get(`${what}|${place}`) ?? { what, place, milliseconds: 0 };
      row.milliseconds += (byNode.get(id) ?? 0) / 1000;
      rows.set(`${what}|${place}`, row);
    }
  }
  const sorted = [...rows.values()].filter((row) => row.milliseconds > 0).sort((a, b) => b.milliseconds - a.milliseconds);
  return { milliseconds: sorted.reduce((sum, row) => sum + row.milliseconds, 0), rows: sorted };
}

/** A sample stands for the time until the next one. */
function timeByNode({ samples = [], timeDeltas = [] }: CpuProfile): Map<number, number> {
  const times = new Map<number, number>();
  for (const [index, id] of samples.entries()) times.set(id, (times.get(id) ?? 0) + Math.max(0, timeDeltas[index + 1] ?? 0));
  return times;
}
