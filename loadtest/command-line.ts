/** The command as it was typed, to be pasted into a shell. */
export function commandLine(args: readonly string[]): string {
  const words = args.map((word) => (/^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  return words.length === 0 ? 'npm run loadtest' : ['npm run loadtest --', ...words].join(' ');
}
