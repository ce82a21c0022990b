/** Rows of cells → aligned text, first column left, others right. Pure. */
import stringWidth from 'string-width';

/** Columns that a text takes on a terminal: two for a CJK character or an emoji, none for what combines or colours. */
export function textWidth(text: string): number {
  return stringWidth(text);
}

/** As much of a text as fits into so many columns; what was cut off is an ellipsis. */
export function fitted(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let fit = '';
  for (const { segment } of new Intl.Segmenter('en').segment(text)) {
    if (textWidth(fit + segment) > columns - 1) break;
    fit += segment;
  }
  return `${fit}…`;
}

export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => textWidth(row[column] ?? ''))));
  const line = (row: readonly string[]): string =>
    widths
      .map((columns, index) => {
        const cell = row[index] ?? '';
        const gap = ' '.repeat(columns - textWidth(cell));
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
