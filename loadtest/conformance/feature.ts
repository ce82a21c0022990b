/** A row of the matrix, and where it is expected to be anything but a pass. */
import type { Cell } from './cell.js';
import type { ClientKind, Mode, Protocol } from './words.js';

/** Absent members fit all. */
export interface Exception {
  client?: Protocol;
  sdk?: ClientKind['sdk'];
  upstream?: Protocol;
  /** Only where client and upstream differ, or only where they do not. */
  same?: boolean;
  /** `refused`: a 400 that names the field, matched by `names`. */
  outcome: 'n/a' | 'refused';
  names?: RegExp;
  why: string;
}

export interface Feature {
  readonly id: string;
  readonly title: string;
  readonly modes: readonly Mode[];
  readonly exceptions?: readonly Exception[];
  /** It depends on what the model takes: asked of every family. */
  readonly byFamily?: boolean;
  /** It makes credentials rest: run after all others, one at a time. */
  readonly harmful?: boolean;
  /** Throws for what is not as it should be. */
  run(cell: Cell): Promise<void>;
}

export const BOTH: readonly Mode[] = ['whole', 'stream'];
export const WHOLE: readonly Mode[] = ['whole'];
export const STREAM: readonly Mode[] = ['stream'];

/** The first exception that fits. */
export function exceptionOf({ exceptions = [] }: Feature, kind: ClientKind, upstream: Protocol): Exception | undefined {
  const fits = (wanted: string | boolean | undefined, is: string | boolean): boolean => wanted === undefined || wanted === is;
  return exceptions.find(
    ({ client, sdk, upstream: to, same }) =>
      fits(client, kind.protocol) && fits(sdk, kind.sdk) && fits(to, upstream) && fits(same, kind.protocol === upstream),
  );
}
