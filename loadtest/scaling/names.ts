import type { ScalingTarget } from './words.js';

/** What the reader knows the targets by. */
export const NAMES: Readonly<Record<ScalingTarget, string>> = {
  cluster: 'cluster',
  go: 'Go',
  single: 'single process',
};
