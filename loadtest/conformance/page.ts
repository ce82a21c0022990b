/** docs/conformance.md, written from a run. Pure. */
import type { Column } from './compare/compare.js';
import { compareRows } from './compare/compare-table.js';
import { counts, LEGEND, rowsOf, type Shape } from './table.js';
import type { CellResult } from './words.js';

/** What made the numbers. */
export interface PageFacts {
  node: string;
  /** Package → version. */
  libraries: Readonly<Record<string, string>>;
}

export function conformancePage(
  results: readonly CellResult[],
  shape: Shape,
  columns: readonly Column[],
  { node, libraries }: PageFacts,
): string {
  const { pass, refused, fail, 'n/a': none } = counts(results);
  const head = ['feature', ...shape.clients.map(({ id }) => id)];
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    '# Conformance',
    '',
    'Written by `npm run conformance -- --write`; nothing here was typed by hand. Official client libraries ask through the gateway a scripted',
    'provider (`loadtest/mock/script/`) that refuses what the real APIs refuse; each cell is a feature, asked both whole and streamed where',
    'both exist. A run fails when one cell does.',
    '',
    `${pass} pass, ${refused} are refused as designed, ${fail} fail, ${none} do not apply. Node ${node}; ${Object.entries(
      libraries,
    )
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    '',
    LEGEND,
    '',
    ...shape.families.flatMap((family) => [
      `## Upstreams: ${family.title}`,
      '',
      row(head),
      row(head.map(() => '---')),
      ...rowsOf(results, shape, family).map(row),
      '',
    ]),
    '## What is refused, and what does not apply',
    '',
    ...reasons(results, shape),
    '',
    ...comparison(shape, columns),
    ...failures(results),
    'To repeat it: `npm run conformance`; against any gateway: `npm run conformance -- --target URL --key KEY`, whose models `to-chat`,',
    '`to-responses` and `to-messages` lead to `mock-script` of `npm run mock -- --body-limit 32mb` on the three APIs.',
    '',
  ].join('\n');
}

/** One line for each feature and reason. */
function reasons(results: readonly CellResult[], { features }: Shape): string[] {
  return features.flatMap(({ id, title }) => {
    const told = results.filter(({ feature, outcome }) => feature === id && (outcome === 'refused' || outcome === 'n/a'));
    const notes = new Set(told.map(({ note, outcome }) => `${outcome === 'refused' ? 'refused: ' : ''}${note}`));
    return [...notes].map((note) => `- ${title}: ${note}.`);
  });
}

/** Nothing where this gateway stands alone. */
function comparison({ features }: Shape, columns: readonly Column[]): string[] {
  if (columns.length < 2) return [];
  const [head = [], ...rows] = compareRows(
    features,
    columns.filter(({ why }) => why === undefined),
  );
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const missing = columns.flatMap(({ name, why }) => (why === undefined ? [] : [`- ${name} is not compared: ${why}`]));
  return [
    '## Beside other gateways',
    '',
    'The same cells (the compatible server alone) through other gateways as their registries give them, with the plainest configuration:',
    'one model for each upstream, no retries, unknown parameters dropped. Not all that differs is a fault: what this project refuses by name',
    'or tells in a header of its own kind is asked of them too; LiteLLM takes a model of an unknown name for one that does not think, and',
    'without a database it answers a wrong key and an unknown model otherwise; Portkey is told the upstream by headers, and is installed with',
    'an older `@hono/node-server`, as its streams fail with the newest. Cells as they should be, of those that apply:',
    '',
    row(head),
    row(head.map(() => '---')),
    ...rows.map(row),
    '',
    ...(missing.length > 0 ? [...missing, ''] : []),
  ];
}

function failures(results: readonly CellResult[]): string[] {
  const failed = results.filter(({ outcome }) => outcome === 'fail');
  if (failed.length === 0) return [];
  const lines = failed.map(
    ({ feature, family, client, upstream, note }) => `- ${feature} (${family}), ${client} → ${upstream}: ${note}`,
  );
  return ['## Failures', '', ...lines, ''];
}
