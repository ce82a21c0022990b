/** Flags of Node for worker processes. What the operator gives, as NODE_OPTIONS or behind `node`, goes before. */

/**
 * A stream leaves little behind, so a small young generation is collected often but quickly and keeps what is alive close
 * together; left alone it grows to 16 MB and, in each half, more pages than the streams ever need (docs/decisions/0009-heap-flags.md).
 */
const OURS: readonly string[] = ['--max-semi-space-size=1'];

/** Our flags without those that the operator has set, then the primary's own, of which the last said counts. */
export function workerFlags(given: readonly string[], nodeOptions = ''): string[] {
  const said = [...given, ...nodeOptions.split(/\s+/)].map(nameOf);
  return [...OURS.filter((flag) => !said.includes(nameOf(flag))), ...given];
}

/** V8 takes `_` for `-`. */
function nameOf(flag: string): string {
  return (flag.split('=')[0] ?? '').replaceAll('_', '-');
}
