/** So many requests by so many callers, each sending its next when the last one is answered. */
import { performance } from 'node:perf_hooks';
import { Caller, type CallRequest, type CallResult } from './caller.js';

export interface CountWish {
  readonly origin: string;
  readonly callers: number;
  readonly count: number;
  /** Ends early: what was answered until then is given. */
  readonly interrupt: AbortSignal;
  /** The n-th request of all. */
  request(index: number): CallRequest;
  /** Called now and then with the share that is done. */
  onProgress?(share: number): void;
}

export interface CountResult {
  readonly results: readonly CallResult[];
  readonly seconds: number;
}

export async function countLoop(wish: CountWish): Promise<CountResult> {
  const began = performance.now();
  const results: CallResult[] = [];
  let next = 0;
  const live = async (): Promise<void> => {
    const caller = new Caller(wish.origin);
    while (next < wish.count && !wish.interrupt.aborted) {
      results.push(await caller.call(wish.request(next++)));
      if (results.length % 500 === 0) wish.onProgress?.(results.length / wish.count);
    }
    caller.close();
  };
  await Promise.all(Array.from({ length: wish.callers }, live));
  return { results, seconds: (performance.now() - began) / 1000 };
}
