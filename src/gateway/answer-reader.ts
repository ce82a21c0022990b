/** Reads one kind of upstream answer and says how it ended. One per attempt, chosen by the answer's headers. */
import type { RequestOutcome } from '../metrics/record.js';
import type { UpstreamFault } from '../upstream/upstream.js';
import type { Usage } from '../usage.js';
import type { Failure } from './failure.js';

export interface AnswerReader {
  /** Latin1 text; `framed`: the same in chunked coding, '' where it is not known. */
  onData(text: string, framed: string): void;
  onEnd(): void;
  onFault(fault: UpstreamFault): void;
  /** The client has room again. */
  onDrain(): void;
  /** Called four times a second; `now` is `performance.now()`. */
  check(now: number): void;
  /** As far as the upstream has told. */
  readonly usage?: Usage;
  /** Bytes of the answer that wait to go out. */
  readonly held?: number;
}

/** How an attempt ends; exactly one of these is said, once. */
export type AttemptEnd =
  /** The client has its answer (or an error in its stream, when `incomplete`). */
  | {
      readonly kind: 'delivered';
      readonly outcome: Extract<RequestOutcome, 'ok' | 'incomplete'>;
      readonly usage?: Usage;
      readonly failure?: Failure;
    }
  /** Nothing of it has gone out: another attempt may follow. */
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** The client went away; `usage` as far as it was told. */
  | { readonly kind: 'aborted'; readonly usage?: Usage };

/** What a reader may do to the attempt it reads for. */
export interface AttemptControl {
  /** Ends the attempt; the upstream connection is closed if its answer is not complete. */
  finish(end: AttemptEnd): void;
  /**
   * The upstream keeps this answer and can be asked to go on from it by `id`. Said before the client can know the id:
   * its next request may be with another worker before this one gets to run again.
   */
  keep(id: string): void;
  /** The answer is one, as far as can be seen: content has come, and goes out. */
  begun(): void;
  pause(): void;
  resume(): void;
}
