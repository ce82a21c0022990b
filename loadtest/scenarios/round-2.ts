import { roundScenario } from './round.js';

/** Seed 000, round 2: 1000 users, 500 credentials, 120 s. */
export const round2 = roundScenario(2);
