/** The families of faults, and how many rows each has. */

export interface Family {
  readonly letter: string;
  readonly title: string;
  readonly rows: number;
}

export const FAMILIES: readonly Family[] = [
  { letter: 'U', title: 'Upstreams', rows: 30 },
  { letter: 'C', title: 'Clients', rows: 14 },
  { letter: 'H', title: 'HTTP and JSON attacks', rows: 14 },
  { letter: 'S', title: 'Store (Redis)', rows: 19 },
  { letter: 'P', title: 'Processes', rows: 17 },
  { letter: 'O', title: 'Overload', rows: 11 },
  { letter: 'K', title: 'Credentials and access', rows: 14 },
  { letter: 'G', title: 'Configuration', rows: 7 },
  { letter: 'L', title: 'Logs and metrics', rows: 7 },
  { letter: 'R', title: 'Long runs', rows: 8 },
];

/** U1, U2, … R8. */
export const ROW_IDS: readonly string[] = FAMILIES.flatMap(({ letter, rows }) =>
  Array.from({ length: rows }, (_, index) => `${letter}${index + 1}`),
);

export function numberOf(id: string): number {
  return Number(id.slice(1));
}
