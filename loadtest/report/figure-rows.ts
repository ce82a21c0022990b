import type { Figure } from '../scenarios/findings.js';

/** The same quantity as it was taken at several places: one row of a table. */
export interface FigureRow {
  label: string;
  unit: string;
  /** In the order of the columns; undefined where it was not taken. */
  values: (number | undefined)[];
  published?: string;
  better?: Figure['better'];
  /** Digits after the point that all values of the row are written with, so that they can be compared at a glance. */
  decimals: number;
}

export interface FigureTable {
  columns: string[];
  rows: FigureRow[];
}

/** What the tested gateway did comes first, then its control, then its rivals. */
const COLUMN_ORDER = ['gateway', 'cluster', 'direct', 'mock', 'single', 'conventional', 'go'];

/** A scenario's figures as a table: a row for each quantity, a column for each place. Pure. */
export function figureTable(figures: readonly Figure[]): FigureTable {
  const columns = [...new Set(figures.map(({ where }) => where))].sort((a, b) => rank(a) - rank(b));
  const groups = new Map<string, Figure[]>();
  for (const figure of figures) {
    const key = rowKey(figure);
    const group = groups.get(key) ?? [];
    // Two figures of one place under one label are two rows.
    if (group.some(({ where }) => where === figure.where)) groups.set(`${key} ${figure.name}`, [figure]);
    else groups.set(key, [...group, figure]);
  }
  return { columns, rows: [...groups.values()].map((group) => rowOf(group, columns)) };
}

function rank(where: string): number {
  const place = COLUMN_ORDER.indexOf(where);
  return place < 0 ? COLUMN_ORDER.length : place;
}

function rowKey({ label, unit }: Figure): string {
  return `${label}\n${unit}`;
}

function rowOf(group: readonly Figure[], columns: readonly string[]): FigureRow {
  const { label = '', unit = '' } = group[0] ?? {};
  return {
    ...{ label, unit, decimals: decimalsFor(group.map(({ value }) => value)) },
    values: columns.map((where) => group.find((figure) => figure.where === where)?.value),
    published: group.find(({ published }) => published !== undefined)?.published,
    better: group.find(({ better }) => better !== undefined)?.better,
  };
}

/** Four significant digits of the largest, at most four behind the point; none for whole numbers. */
export function decimalsFor(values: readonly number[]): number {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.every((value) => Number.isInteger(value))) return 0;
  const most = Math.max(...finite.map(Math.abs));
  return most === 0 ? 0 : Math.min(4, Math.max(0, 3 - Math.floor(Math.log10(most))));
}

/** `us` is what keyboards have; people read µs. */
export function unitText(unit: string): string {
  return unit === 'us' ? 'µs' : unit === 'x' ? '×' : unit;
}
