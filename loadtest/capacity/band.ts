/** Between what was surely sustained and what surely was not. Pure. */
import { middleOf } from './judge-rung.js';
import type { Band, JudgedRung } from './words.js';

/** The band of a climb; `isOver`: it ended by itself and not for lack of time. */
export function bandOf(rungs: readonly JudgedRung[], isOver: boolean): Band {
  const sustained = rungs.filter(({ fault }) => !fault).map(({ level }) => level);
  const failed = rungs.filter(({ fault }) => fault).map(({ level }) => level);
  const low = highest(sustained.filter((level) => failed.every((other) => other > level)));
  const high = lowest(failed.filter((level) => sustained.every((other) => other < level)));
  const first = rungs.find(({ fault }) => fault);
  return {
    low,
    high,
    reason: first?.fault ?? (isOver ? 'top' : 'time'),
    detail: first ? `at ${first.level}: ${first.detail}` : `up to ${highest(sustained) ?? 0} nothing failed`,
    contradictions: failed.filter((level) => sustained.some((other) => other >= level)).length,
    isConfirmed: rungs.some(({ isCheck, fault, level }) => isCheck && !fault && level === low),
  };
}

/** Most streams a second of rungs without a failure whose first token P99 is within the limit; undefined: none. */
export function frontierAt(rungs: readonly JudgedRung[], limitMs: number): number | undefined {
  return highest(
    rungs
      .filter(({ windows }) => windows.every(({ failed }) => failed === 0))
      .map(middleOf)
      .filter(({ ttftP99 }) => ttftP99 <= limitMs)
      .map(({ throughput }) => throughput),
  );
}

/** So near to what the mock gives without a gateway, a result is the mock's and not the gateway's. */
const MOCK_BOUND_SHARE = 0.9;

export function isMockBound(throughput: number, ceiling: number): boolean {
  return throughput >= MOCK_BOUND_SHARE * ceiling;
}

function highest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function lowest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}
