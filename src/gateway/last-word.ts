/** What of several failures the caller is told: the primary model's, and of those the newest that is not only about our keys. */
import type { NoCredential } from '../credential/types.js';
import type { Failure } from './failure.js';

export class LastWord {
  /** The newest of all, told or not. */
  newest: Failure | undefined;
  /** Why nobody could be asked for the primary, where a fallback took its place. */
  none: NoCredential | undefined;
  #told: Failure | undefined;

  note(failure: Failure, isFallback: boolean): void {
    this.newest = failure;
    if (this.#told && (isFallback || (failure.kind === 'refused' && this.#told.kind !== 'refused'))) return;
    // The primary could not be asked: that it rests says more than how its stand-in failed.
    if (!isFallback || this.none === undefined) this.#told = failure;
  }

  get failure(): Failure | undefined {
    return this.#told;
  }
}
