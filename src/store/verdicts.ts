/** A choice and the verdict that came with it. */

import { credentialKey } from '../credential/plan.js';
import type { Choice, NoCredential } from '../credential/types.js';
import type { Return, Verdict } from '../limits/types.js';

/** No credential, since the client is at a limit. */
export function limitedBy(verdict: Verdict): NoCredential {
  return { found: false, reason: 'limited', verdict, retryAfter: verdict.admitted ? undefined : verdict.retryAfter };
}

/** The choice, unless the client's limits say no. */
export function withVerdict(choice: Choice, verdict: Verdict | undefined): Choice {
  if (verdict === undefined) return choice;
  return verdict.admitted ? { ...choice, verdict } : limitedBy(verdict);
}

/** What must be given back of an answer that came too late to be used. */
export function unwanted(choice: Choice): Return[] {
  const returns = unwantedVerdict(choice.verdict);
  if (choice.found && choice.slot !== undefined)
    returns.push({ kind: 'credential-slot', key: credentialKey(choice.upstream, choice.credential), slot: choice.slot });
  return returns;
}

export function unwantedVerdict(verdict: Verdict | undefined): Return[] {
  if (!verdict?.admitted) return [];
  return [{ kind: 'settle', settlement: { receipt: verdict.receipt, tokens: 0, usd: 0 } }];
}

/** How long a client waits before it asks again while its limits cannot be asked for. */
const AWAY_WAIT = 1_000;

/** The store is away and the policy is to refuse. */
export function refusedAway(): Verdict {
  return { admitted: false, limit: 'away', retryAfter: AWAY_WAIT, allowance: {} };
}
