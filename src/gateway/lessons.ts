/** What an attempt teaches before it is over, told to the shared state. */
import type { ChosenCredential } from '../credential/types.js';
import type { Store } from '../store/store.js';
import { readHeadroom } from '../upstream/headroom.js';
import type { UpstreamHeaders } from '../upstream/upstream.js';
import type { UpstreamEntry } from './upstream-table.js';

/** Its headers may say that nothing is left of a limit. */
export function tellHeadroom(store: Store, choice: ChosenCredential, { config }: UpstreamEntry, headers: UpstreamHeaders): void {
  const retryAfter = readHeadroom(config.protocol, headers);
  if (retryAfter === undefined) return;
  const { upstream, credential, model } = choice;
  store.report({ upstream, credential, model, kind: 'spent', retryAfter });
}

/** `ok`: a trial has passed. `unknown`: nothing was found out, and somebody else may have it. */
export function tellTrial(store: Store, { upstream, credential, model, trial }: ChosenCredential, kind: 'ok' | 'unknown'): void {
  if (trial) store.report({ upstream, credential, model, kind, trial });
}
