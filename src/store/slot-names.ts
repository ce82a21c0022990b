/** Names of slots, unique over all workers and hosts. */
import { randomBytes } from 'node:crypto';

const OWN = randomBytes(9).toString('base64url');
let last = 0;

export function nextSlot(): string {
  return `${OWN}.${(++last).toString(36)}`;
}
