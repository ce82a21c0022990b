/**
 * `${NAME}` in a bare YAML value inside braces (`{ key: ${NAME} }`) would be read as a map of its own. So references
 * are moved, a character for a character that YAML has no use for, before parsing, and moved back after.
 */

/** Start of the private use area: ASCII moved here keeps lines and columns. */
const AWAY = 0xe000;
const REFERENCE = /\$?\$\{[^{}\r\n'"]*\}/g;
const ASCII = /[\x20-\x7e]/g;
const MOVED = /[\ue020-\ue07e]/g;

/** Whether a text already holds the characters that references are moved to. */
export function clashes(text: string): boolean {
  return text.search(MOVED) >= 0;
}

/** The text with its references moved away. */
export function shield(text: string): string {
  return text.replace(REFERENCE, (reference) => reference.replace(ASCII, (char) => shift(char, AWAY)));
}

/** The tree with its references back, in keys and values. */
export function unshield(tree: unknown): unknown {
  if (typeof tree === 'string') return back(tree);
  if (Array.isArray(tree)) return tree.map(unshield);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [back(key), unshield(value)]));
}

function back(text: string): string {
  return text.replace(MOVED, (char) => shift(char, -AWAY));
}

function shift(char: string, by: number): string {
  return String.fromCharCode(char.charCodeAt(0) + by);
}
