/**
 * How long a retry holds back. Not at all where another credential's limit or another upstream is asked: nothing there
 * has said no. A short, uneven while where an overloaded upstream is all there is: a thousand requests that it refused in one
 * instant must not come back in one instant.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TargetConfig } from '../config.js';
import { type Failure, isOverloaded } from './failure.js';

/** Milliseconds: least, and spread above it. */
const LEAST = 20;
const SPREAD = 100;

/** `targets`: of the model that is asked next; `upstream`: that failed. */
export async function pauseBefore(targets: readonly TargetConfig[], upstream: string, failure: Failure): Promise<void> {
  if (!isOverloaded(failure.answer?.status) || targets.some((target) => target.upstream !== upstream)) return;
  await sleep(LEAST + Math.random() * SPREAD);
}
