/** What goes to the thread that reads routing fields, and what comes back. Plain values: an error's class does not survive the way. */
import type { ErrorCode } from '../errors.js';
import type { Protocol, RoutingFields } from '../protocol/protocol.js';

export interface FieldTask {
  readonly protocol: Protocol['name'];
  /** The body, shared and not copied. */
  readonly body: Uint8Array;
}

export type FieldAnswer =
  | { readonly ok: true; readonly fields: RoutingFields }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly param: string | null };
