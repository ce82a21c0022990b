/**
 * What is wrong with the options, collected so that all of it is told at once. Messages are made from paths,
 * option names and allowed ranges, never from values: a value in the wrong place may be a secret.
 */

/** One thing to mend: where (`upstreams[0].credentials[2].weight`, `--port`, `PORT`, a file) and what. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Enough to act on; past it the count is told. */
const MOST_SHOWN = 200;

/** Faults in the order found; a path that has one already keeps the first, which is nearest to the cause. */
export class FaultList {
  readonly #byPath = new Map<string, Fault>();

  add(path: string, message: string): void {
    if (!this.#byPath.has(path)) this.#byPath.set(path, { path, message });
  }

  get all(): readonly Fault[] {
    return [...this.#byPath.values()];
  }

  get some(): boolean {
    return this.#byPath.size > 0;
  }
}

/** Path of a key within a map, or of an entry within a list. */
export function pathTo(base: string, step: PropertyKey): string {
  if (typeof step === 'number') return `${base}[${step}]`;
  return base === '' ? String(step) : `${base}.${String(step)}`;
}

/** Longer than any option's name: whatever is longer, or holds a digit, may be a secret in the wrong place (`{ key:sk-1 }`). */
const SHOWABLE_NAME = /^[A-Za-z_][A-Za-z_-]{0,31}$/;

/** A name from the file, if it looks like an option's name and not like a slipped secret. */
export function showableName(name: string): string | undefined {
  return SHOWABLE_NAME.test(name) && !/^(sk|pk|rk|key)[-_]/i.test(name) ? name : undefined;
}

/** The faults as plain text, a line each, without a stack. Exit code 78 goes with it. */
export function formatFaults(faults: readonly Fault[], source?: string): string {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  const lines = faults.slice(0, MOST_SHOWN).map(({ path, message }) => `  ${path}: ${message}`);
  if (faults.length > MOST_SHOWN) lines.push(`  … and ${faults.length - MOST_SHOWN} more`);
  const where = source === undefined ? 'in the options' : `in the options (config file ${source})`;
  return [`tidegate cannot start: ${count} ${where}`, ...lines, ''].join('\n');
}
