/** Rows of cells → aligned text, first column left, others right. Pure. */

/** A CJK character takes two columns on a terminal; others one. */
function width(text: string): number {
  let columns = 0;
  for (const character of text)
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/.test(character) ? 2 : 1;
  return columns;
}

export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ''))));
  const line = (row: readonly string[]): string =>
    widths
      .map((columns, index) => {
        const cell = row[index] ?? '';
        const gap = ' '.repeat(columns - width(cell));
        return index === 0 ? cell + gap : gap + cell;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((columns) => '─'.repeat(columns)).join('  ');
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** A number with thousands separators and fixed decimals; `–` for what is not known. */
export function numeral(value: number | null | undefined, decimals = 0): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return '–';
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
