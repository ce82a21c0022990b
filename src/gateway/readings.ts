/**
 * What is read of this process to tell how hard pressed it is. Bodies and answers in buffers are outside V8's heap, where no
 * limit stops them but the machine's memory: they count with the heap against this worker's part of that.
 */
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Readings } from './pressure.js';

export interface MemoryUse {
  /** Bytes: of the heap in use and at most, and beside it. */
  readonly used_heap_size: number;
  readonly heap_size_limit: number;
  readonly external_memory: number;
}

/** Percent of the heap's limit, or of `part` (bytes) with what is outside it: what is nearer to its end. */
export function memoryPercent(
  { used_heap_size: heap, heap_size_limit: limit, external_memory: beside }: MemoryUse,
  part: number,
) {
  return Math.max(heap / limit, (heap + beside) / part) * 100;
}

/** 4 µs a look; `process.memoryUsage()` takes 44, since it asks the system too. `workers`: processes that share the memory. */
export function readProcess(loopDelay: number, workers: number): Readings {
  // Node types of 20 leave `external_memory` out.
  const use = getHeapStatistics() as unknown as MemoryUse;
  return { loopDelay, heapPercent: memoryPercent(use, memoryOfMachine() / Math.max(1, workers)) };
}

let memory: number | undefined;

/** Bytes of the container, or of the machine where there is none or it has no limit. */
function memoryOfMachine(): number {
  memory ??= Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
  return memory;
}
