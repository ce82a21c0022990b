/** The matrix as a table: a row for each feature, a column for each client, in it one sign for each upstream. Pure. */
import { textTable } from '../report/text-table.js';
import type { Family } from './families.js';
import type { Feature } from './feature.js';
import { type CellResult, type ClientKind, type Outcome, PROTOCOLS, type Protocol } from './words.js';

export const SIGNS: Readonly<Record<Outcome, string>> = { pass: '✓', refused: 'R', fail: '✗', 'n/a': '·' };

export const LEGEND =
  '✓ pass · R refused by a 400 that names the field, as the design asks · ✗ fail · “·” does not apply; three signs: upstream chat, responses, messages';

export interface Shape {
  features: readonly Feature[];
  families: readonly Family[];
  clients: readonly ClientKind[];
  upstreams: readonly Protocol[];
}

/** Rows of one family's cells, the title first. */
export function rowsOf(
  results: readonly CellResult[],
  { features, clients, upstreams }: Shape,
  { id: family, whole }: Family,
): string[][] {
  const own = results.filter((result) => result.family === family);
  const found = new Map(own.map((result) => [`${result.feature}|${result.client}|${result.upstream}`, result]));
  return features
    .filter(({ byFamily }) => whole || byFamily)
    .map(({ id, title }) => [
      title,
      ...clients.map((client) =>
        PROTOCOLS.filter((protocol) => upstreams.includes(protocol))
          .map((upstream) => found.get(`${id}|${client.id}|${upstream}`))
          .map((result) => (result ? SIGNS[result.outcome] : ' '))
          .join(''),
      ),
    ]);
}

export function counts(results: readonly CellResult[]): Record<Outcome, number> {
  const sum: Record<Outcome, number> = { pass: 0, refused: 0, fail: 0, 'n/a': 0 };
  for (const { outcome } of results) sum[outcome] += 1;
  return sum;
}

/** For the terminal: what is asked, the table, and every failure in words. */
export function renderText(results: readonly CellResult[], shape: Shape): string {
  const { pass, refused, fail, 'n/a': none } = counts(results);
  const failures = results.filter(({ outcome }) => outcome === 'fail');
  return [
    `Asked: no cell fails. Found: ${pass} pass, ${refused} refused as designed, ${fail} fail, ${none} do not apply.`,
    '',
    ...shape.families.flatMap((family) => [
      `Upstreams: ${family.title}`,
      textTable(['feature', ...shape.clients.map(({ id }) => id)], rowsOf(results, shape, family)),
      '',
    ]),
    LEGEND,
    ...(failures.length > 0 ? ['', 'Failures:', ...failures.map(lineOf)] : []),
  ].join('\n');
}

function lineOf({ feature, family, client, upstream, note }: CellResult): string {
  return `  ${feature} (${family}) · ${client} → ${upstream}: ${note}`;
}
