/** A new session for one that leaves, in a table that is full, or whose oldest have expired: what comes must not depend on how many there are. */
import { Sessions } from '../../../src/credential/sessions.js';
import type { Case } from '../measure.js';

const TTL = 1_000_000;
const BINDING = { upstream: 'u', credential: 'k0', model: 'm' };

/** Sessions numbered in the order in which they came, one a millisecond. */
function filled(count: number, most: number) {
  const sessions = new Sessions(count, most);
  let now = 0;
  const come = (): number => {
    now++;
    sessions.bind(`session-number-${now}|m`, BINDING, now);
    return sessions.size;
  };
  for (let one = 0; one < count; one++) come();
  return come;
}

function full(count: number) {
  const sessions = new Sessions(TTL, count);
  let asked = 0;
  const come = (): number => {
    sessions.bind(`session-number-${asked++}|m`, BINDING, 1);
    return sessions.size;
  };
  for (let one = 0; one < count; one++) come();
  return come;
}

export const cases: readonly Case[] = [2_000, 100_000].flatMap((count) => [
  { name: `full with ${count}`, run: full(count), check: (size: number) => size === count, batch: 100 },
  { name: `${count} live, the oldest expires`, run: filled(count, 1e6), check: (size: number) => size === count, batch: 100 },
]);
