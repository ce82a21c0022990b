/** Every value of a configuration that must never be seen, for the log's redaction. */

import { passwordsOf } from '../redaction.js';
import type { SourcedCredential } from './credentials.js';
import type { Draft } from './draft.js';
import { textOf } from './draft.js';

/** Client keys, upstream keys, the admin key, and the store's password as written and decoded. */
export function secretsOf(
  draft: Draft,
  credentials: readonly (readonly SourcedCredential[])[],
  storeUrl: string | undefined,
): readonly string[] {
  const found = [
    textOf(draft.admin, 'key'),
    ...draft.clients.map(({ fields }) => textOf(fields, 'key')),
    ...credentials.flat().map(({ key }) => key),
    ...passwordsOf(storeUrl ?? ''),
  ];
  return [...new Set(found.filter((value): value is string => value !== undefined && value !== ''))];
}
