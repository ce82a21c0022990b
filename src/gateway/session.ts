/** Which session a request belongs to, as a hash: the store never sees a client's own names or words. */
import { hash } from 'node:crypto';
import type { StickyConfig } from '../config.js';
import type { RoutingFields } from '../protocol/protocol.js';

/**
 * An answer that is gone on from first (only who made it knows it), then the header, then what the body says, then how the prompt begins. `namespace` is the caller, so that two
 * clients never share a session by using the same name. Undefined: this request is nobody's.
 */
export function sessionOf(
  namespace: string,
  header: string | string[] | undefined,
  fields: RoutingFields,
  sticky: StickyConfig,
): string | undefined {
  if (fields.previousResponseId) return responseSession(namespace, fields.previousResponseId);
  const named = (Array.isArray(header) ? header[0] : header) || undefined;
  if (named) return digest(namespace, 'header', named, 'latin1');
  if (fields.sessionHint) return digest(namespace, 'body', fields.sessionHint, 'utf8');
  if (sticky.promptPrefix && fields.promptPrefix) return digest(namespace, 'prompt', fields.promptPrefix, 'latin1');
  return undefined;
}

/** What a request that goes on from the answer `id` belongs to. */
export function responseSession(namespace: string, id: string): string {
  return digest(namespace, 'response', id, 'utf8');
}

/** 132 bits: no two sessions meet, and a key stays short. `encoding`: header and prompt are raw bytes as latin1, a hint is text. */
function digest(namespace: string, kind: string, value: string, encoding: 'latin1' | 'utf8'): string {
  return hash('sha256', Buffer.from(`${namespace}\0${kind}\0${value}`, encoding), 'base64url').slice(0, 22);
}
