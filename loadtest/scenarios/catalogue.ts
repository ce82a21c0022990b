/** All scenarios, in the order in which `--all` runs them. One import and one line for each. */
import type { Scenario } from './scenario.js';

export const CATALOGUE: readonly Scenario[] = [
  // Seed 000
  // Seed 001
  // Seed 002
  // Seed 003
  // Resilience
];
