import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { LoopDelay } from './loop-delay.js';

/** Hold up the event loop for so many milliseconds. */
function block(time: number): void {
  const until = performance.now() + time;
  while (performance.now() < until);
}

/** Blocks again and again until the delay shows, or a generous time is over. */
async function delaySeen(delay: LoopDelay): Promise<number> {
  for (let tries = 0; tries < 60 && delay.percentile(99) < 50; tries++) {
    block(100);
    await sleep(50);
  }
  return delay.percentile(99);
}

/** Whether a delay after quiet times goes unseen, in one of a few tries: another program may keep the loop busy. */
async function goesUnseen(delay: LoopDelay): Promise<boolean> {
  for (let tries = 0; tries < 4; tries++) {
    await sleep(2_500);
    delay.reset();
    block(100);
    await sleep(60);
    if (delay.percentile(100) < 50) return true;
  }
  return false;
}

test('a loop that is held up shows it, and a reset forgets it', async (t) => {
  const delay = new LoopDelay();
  t.teardown(() => delay.stop());
  t.ok((await delaySeen(delay)) >= 50);
  delay.reset();
  t.equal(delay.percentile(99), 0);
});

test('a quiet loop is not sampled, and a busy one is again', async (t) => {
  const delay = new LoopDelay();
  t.teardown(() => delay.stop());
  t.ok(await goesUnseen(delay), 'a delay right after quiet times goes unseen');
  t.ok((await delaySeen(delay)) >= 50);
});
