/** What the command line's groups are written in: plain data, so that only `cli.ts` knows the library that reads it. */

/** One option. */
export interface OptionWords {
  /** `-u, --vus <n>`; in `<>` a value is wanted, without it the option is a switch. */
  readonly flags: string;
  /** Meaning, unit and, where it is not `fallback`, the default. */
  readonly text: string;
  /** From the word given; `before`: what the same option gave earlier. Throws WrongValue. */
  parse?(text: string, before: unknown): unknown;
  /** What it is when it is not given; `false` for a switch. */
  readonly fallback?: unknown;
  /** The same for people, where it is not plain: `60s`. */
  readonly fallbackText?: string;
  /** Another name for the long flag of this option: it is not in --help. */
  readonly aliasOf?: string;
}

/** A heading of --help and what stands under it. */
export interface OptionGroup {
  readonly heading: string;
  readonly options: readonly OptionWords[];
}

/** A value that cannot be used; the message says what is wanted. */
export class WrongValue extends Error {}
