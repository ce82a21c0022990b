const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** `██████▌░░░░░  54 %`: a share between 0 and 1 as so many columns and its percentage. Pure. */
export function progressBar(share: number, columns = 16): string {
  const sound = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  const eighths = Math.floor(sound * columns * 8);
  const filled = '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
  return `${filled.padEnd(columns, '░')} ${String(Math.floor(sound * 100)).padStart(3)} %`;
}
