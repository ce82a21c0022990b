/** Stores of this process as the contract suite uses them. */
import type { CredentialKey } from '../credential/types.js';
import type { ContractWorker } from './contract-subject.js';
import type { Store } from './store.js';

export function localWorker(store: Store): ContractWorker {
  return {
    choose: async (request) => store.choose(request),
    bind: async ({ request, choice }) => store.bind(request, choice),
    admit: async (request) => store.admit(request),
    give: async (back) => store.give(back),
    report: async (outcome) => store.report(outcome),
    retry: async (requests) => {
      for (let request = 0; request < requests; request++) store.retries.deposit();
      return store.retries.withdraw();
    },
    pause: (key) => store.pause(key as CredentialKey),
    resume: (key) => store.resume(key as CredentialKey),
    snapshot: () => store.snapshot(),
    fallbacks: async () => store.health.fallbacks,
  };
}
