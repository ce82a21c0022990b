import { performance } from 'node:perf_hooks';
import type { Stage } from '../scenario.js';
import { Caller } from './caller.js';
import { chatRequest } from './requests.js';

/** Two workers: the start of a small box. */
const WORKERS = 2;

/** Milliseconds from starting the program to its first answer to a whole chat request, several times; the first reads from the disk and is not given. */
export async function measureStarts(stage: Stage, mockUrl: string, count: number): Promise<number[]> {
  const took: number[] = [];
  for (let start = -1; start < count && !stage.interrupt.aborted; start++) {
    const ms = await startOnce(stage, mockUrl);
    if (start >= 0) took.push(ms);
  }
  return took;
}

async function startOnce(stage: Stage, mockUrl: string): Promise<number> {
  const began = performance.now();
  const target = await stage.startTarget('cluster', { mockUrl, credentials: 2, workers: WORKERS });
  const caller = new Caller(target.url);
  try {
    const place = { origin: target.url, key: target.keys[0] ?? '' };
    const { ending } = await caller.call(chatRequest(place, { model: 'mock-instant', stream: false }));
    if (ending !== 'ok') throw new Error(`the first request after a start was not answered (${ending})`);
    return performance.now() - began;
  } finally {
    caller.close();
    await target.stop();
  }
}
