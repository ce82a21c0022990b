/** Texts that must never be seen outside: each marks one kind of secret, and row L1 looks for them in all that gateways said. */

export const CANARIES = {
  clientKey: 'sk-app-canary-3f9b17c2d8e04a65',
  adminKey: 'adm-canary-90b2f6ce4417',
  upstreamKey: 'sk-wall-canary-b81c5f0e7d2a4936',
  prompt: 'prompt-canary-c4e8a1f7',
  toolArguments: 'tool-canary-57d20be9',
  session: 'session-canary-e61f03ab',
  query: 'query-canary-1b7a94d5',
} as const;

/** The key of an upstream's n-th credential, from 1. */
export function upstreamKey(upstream: string, n: number): string {
  return `${CANARIES.upstreamKey}-${upstream}-${n}`;
}
