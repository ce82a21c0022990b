/** Every value of a configuration that must never be seen, for the log's redaction. */

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
    ...passwordOf(storeUrl ?? ''),
  ];
  return [...new Set(found.filter((value): value is string => value !== undefined && value !== ''))];
}

/** `redis://user:password@host`; several hosts may follow, so this is no plain URL. */
function passwordOf(url: string): readonly string[] {
  const authority = /^[a-z+-]+:\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
  const userInfo = authority.slice(0, Math.max(0, authority.lastIndexOf('@')));
  const written = userInfo.includes(':') ? userInfo.slice(userInfo.indexOf(':') + 1) : userInfo;
  try {
    return [written, decodeURIComponent(written)];
  } catch {
    return [written];
  }
}
