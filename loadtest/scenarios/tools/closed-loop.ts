/** A closed model: so many callers, each sends its next request when the last one is answered. */
import { performance } from 'node:perf_hooks';
import { Caller, type CallRequest, type CallResult } from './caller.js';

export interface LoopWish {
  readonly origin: string;
  readonly callers: number;
  readonly seconds: number;
  /** Time before, whose answers are not kept. */
  readonly warmUpSeconds?: number;
  /** Ends early: what was answered until then is given. */
  readonly interrupt?: AbortSignal;
  /** The n-th request of all. */
  request(index: number): CallRequest;
}

export interface LoopResult {
  /** Answered within the window, whatever the answer. */
  readonly results: readonly CallResult[];
  /** Good answers a second. */
  readonly perSecond: number;
}

/** A caller that failed waits so long, or a refused port would be a busy loop. Milliseconds. */
const AFTER_FAILURE = 100;

export async function closedLoop(wish: LoopWish): Promise<LoopResult> {
  const from = performance.now() + (wish.warmUpSeconds ?? 0) * 1000;
  const until = from + wish.seconds * 1000;
  const results: CallResult[] = [];
  let index = 0;
  const live = async (): Promise<void> => {
    const caller = new Caller(wish.origin);
    while (performance.now() < until && !wish.interrupt?.aborted) {
      const result = await caller.call(wish.request(index++));
      const endedAt = result.startedAt + result.ms;
      if (endedAt >= from && endedAt <= until) results.push(result);
      if (result.ending !== 'ok') await new Promise((resolve) => setTimeout(resolve, AFTER_FAILURE));
    }
    caller.close();
  };
  await Promise.all(Array.from({ length: wish.callers }, live));
  return { results, perSecond: results.filter(({ ending }) => ending === 'ok').length / wish.seconds };
}

/** One request at a time, in turn at each place, so that what disturbs the machine meets all alike; results by place. */
export async function inTurn(
  places: readonly { readonly origin: string; request(index: number): CallRequest }[],
  { warmUp, count, interrupt }: { readonly warmUp: number; readonly count: number; readonly interrupt?: AbortSignal },
): Promise<CallResult[][]> {
  const callers = places.map(({ origin }) => new Caller(origin));
  const results = places.map((): CallResult[] => []);
  for (let turn = 0; turn < warmUp + count && !interrupt?.aborted; turn++)
    for (const [index, place] of places.entries()) {
      const result = await (callers[index] as Caller).call(place.request(turn));
      if (turn >= warmUp) results[index]?.push(result);
    }
  for (const caller of callers) caller.close();
  return results;
}
