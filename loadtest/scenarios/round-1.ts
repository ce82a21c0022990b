import { roundScenario } from './round.js';

/** Seed 000, round 1: 50 users, 20 credentials, 60 s. */
export const round1 = roundScenario(1);
