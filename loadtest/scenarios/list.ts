import type { Scenario } from './scenario.js';

/** `--list`: a line each, numbers before those without one. */
export function scenarioList(catalogue: readonly Scenario[]): string {
  const rows = catalogue.map(({ number = '', name, seconds, source, title }) => [
    ...[number, name, String(seconds.quick), String(seconds.full), source, title],
  ]);
  return aligned([['no.', 'name', 'quick s', 'full s', 'source', 'what is shown'], ...rows]);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
