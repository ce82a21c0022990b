/**
 * What the caller of a request without an answer is told. Of several failures the primary model's, and of those the newest
 * that is not only about our keys.
 */
import type { NoCredential } from '../credential/types.js';
import type { RequestContext } from './context.js';
import type { Delivery } from './delivery.js';
import type { Failure } from './failure.js';
import { nobodyFree } from './nobody-free.js';

/** To the official SDKs, which would else try again by themselves. */
const NO_RETRY: Record<string, string> = { 'x-should-retry': 'false' };

export class LastWord {
  /** The newest of all, told or not. */
  newest: Failure | undefined;
  /** Why nobody could be asked for the primary, where a fallback took its place. */
  none: NoCredential | undefined;
  readonly #context: RequestContext;
  readonly #delivery: Delivery;
  #failure: Failure | undefined;
  /** The first refusal to say the request in an upstream's form. */
  #unsendable: Failure | undefined;

  constructor(context: RequestContext, delivery: Delivery) {
    this.#context = context;
    this.#delivery = delivery;
  }

  note(failure: Failure, isFallback: boolean): void {
    this.newest = failure;
    if (this.#failure && (isFallback || (failure.kind === 'refused' && this.#failure.kind !== 'refused'))) return;
    // The primary could not be asked: that it rests says more than how its stand-in failed.
    if (!isFallback || this.none === undefined) this.#failure = failure;
  }

  noteUnsendable(failure: Failure): void {
    this.#unsendable ??= failure;
  }

  /** Nobody is left to ask. */
  giveUp(none: NoCredential): void {
    if (this.#failure) this.fail(this.#failure);
    else if (this.#unsendable && none.reason !== 'resting') this.fail(this.#unsendable);
    else this.#refuse(this.none ?? none);
  }

  /** The request itself is at fault. By the primary: in its own words. By another: what the primary said before, or why it could not be asked. */
  reject(failure: Failure, isOthers: boolean): void {
    if (!isOthers) this.fail(failure);
    else if (this.none && !this.#failure) this.#refuse(this.none);
    else this.fail(this.#failure ?? failure);
  }

  /** `isSpent`: the gateway has tried what it may, so a client's own retries would only multiply the load. */
  fail(newest: Failure, isSpent = this.#context.attempts > 1): void {
    const failure = newest.kind === 'rejected' ? newest : (this.#failure ?? newest);
    this.#context.outcome = 'error';
    this.#context.served = undefined;
    const headers = failure.kind === 'refused' || (failure.kind !== 'rejected' && isSpent) ? NO_RETRY : {};
    if (failure.answer) this.#delivery.failWith(failure.answer, failure.error, headers);
    else this.#delivery.fail(failure.error, headers);
  }

  /** Nobody was asked. */
  #refuse(none: NoCredential): void {
    this.#context.outcome = 'error';
    this.#context.served = undefined;
    this.#delivery.fail(nobodyFree(none), none.rest === 'refused' ? NO_RETRY : {});
  }
}
