/** An output item under construction. */
import type { OutputItem } from './response-object.js';

export interface OpenItem {
  text(piece: string): void;
  /** Tells that it is done. `incomplete`: the answer broke off within it. */
  finish(incomplete: boolean): OutputItem;
  /** As far as it has come, in an answer that failed. */
  value(status: 'incomplete'): OutputItem;
}
