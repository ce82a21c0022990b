/** Names of slots, unique over all workers and hosts. */
import { randomBytes } from 'node:crypto';

const OWN = randomBytes(9).toString('base64url');
let last = 0;

/** What the names of all slots of this process begin with. */
export function slotOwner(): string {
  return `${OWN}.`;
}

export function nextSlot(): string {
  return `${OWN}.${(++last).toString(36)}`;
}
