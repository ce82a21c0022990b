import { test } from 'tap';
import { memoryPercent, readProcess } from './readings.js';

const MB = 1024 * 1024;

test('what is outside the heap counts against this worker’s part of the memory, the heap against its limit too', (t) => {
  const use = { used_heap_size: 100 * MB, heap_size_limit: 400 * MB, external_memory: 0 };
  t.equal(memoryPercent(use, 4_000 * MB), 25);
  t.equal(memoryPercent({ ...use, external_memory: 1_900 * MB }, 4_000 * MB), 50);
  t.equal(memoryPercent(use, 200 * MB), 50, 'a container with less than the heap may have');
  t.end();
});

test('buffers of this very process are seen', (t) => {
  // So many workers that each has a megabyte or less.
  const workers = 1_000_000;
  const before = readProcess(0, workers).heapPercent;
  const body = Buffer.alloc(64 * MB, 1);
  const after = readProcess(0, workers).heapPercent;
  t.ok(after > before * 1.2, `${before} before, ${after} with ${body.length} bytes`);
  t.end();
});
