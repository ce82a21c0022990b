/** `--node /home/me/node26/bin/node` → `--node node`: what is kept in the repository names no machine's folders. */
export function withoutPaths(text: string): string {
  return text.replace(/(^|[\s@=,:`'"(])\/(?:[^\s/,'"`)]+\/)+/g, '$1');
}
