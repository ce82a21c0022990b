import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 50;

/** Polls until it holds; false after `withinMs` milliseconds. A question that fails counts as no. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    if (await Promise.resolve(condition()).catch(() => false)) return true;
    if (performance.now() > giveUpAt) return false;
    await sleep(LOOK_MS);
  }
}
