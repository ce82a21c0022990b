/** The options told to editors (JSON Schema) and to people (a table), both made from the schema that checks them. */
import { HELP } from './flags.js';
import { fileSchema, optionNotes } from './schema.js';
import * as z from './zod.js';

/** The part of JSON Schema that the option schema produces. */
interface Node {
  readonly description?: string;
  readonly unit?: string;
  readonly range?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

function rootNode(): Node {
  return z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-7', metadata: optionNotes }) as Node;
}

/** JSON Schema of the config file, as text with a closing line break. */
export function jsonSchemaText(): string {
  const ours = new Set(['unit', 'range']);
  const withoutOurs = (_key: string, value: unknown) => {
    const isNotes = typeof value === 'object' && value !== null && typeof (value as Node).range === 'string';
    const isList = typeof value === 'object' && value !== null && typeof (value as Node).unit === 'string';
    return isNotes || isList ? Object.fromEntries(Object.entries(value as object).filter(([name]) => !ours.has(name))) : value;
  };
  return `${JSON.stringify({ title: 'Tidegate configuration', ...rootNode() }, withoutOurs, 2)}\n`;
}

const HEAD = `# Options

<!-- Written by npm run docs from src/options/schema.ts: change that, not this. -->

The config file is YAML; \`config.schema.json\` tells editors about it, \`tidegate.example.yaml\` is one to start from.
\`\${NAME}\` in a value is filled in from the environment, \`\${NAME:-default}\` has a default, \`$\${\` stands for \`\${\`; a variable that is unset
or empty without a default stops the start. Durations are whole numbers with \`ms\`, \`s\`, \`m\` or \`h\`, sizes with \`b\`, \`kb\` (1024), \`mb\` or \`gb\`.
Unknown options are refused. A reload (SIGHUP) changes everything but hosts, ports and store.
`;

/** The Markdown of docs/options.md. */
export function optionsText(): string {
  const sections = Object.entries(rootNode().properties ?? {}).map(([name, node]) => sectionText(name, node));
  return `${[HEAD, ...sections, `## Command line\n\n\`\`\`\n${HELP}\`\`\``].join('\n')}\n`;
}

const TABLE_HEAD = '| option | meaning | unit or type | default | range |\n|---|---|---|---|---|';

function sectionText(name: string, node: Node): string {
  const rows = rowsOf(node.items === undefined ? name : `${name}[]`, node.items ?? node, false);
  return [`## ${name}`, '', node.description ?? '', '', TABLE_HEAD, ...rows, ''].join('\n');
}

/** A row for each option below a map, children after their parent. */
function rowsOf(path: string, node: Node, optional: boolean): readonly string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const required = !optional && (node.required ?? []).includes(name);
    const inner = mapWithin(child);
    const row = rowOf(`${path}.${name}`, child, required);
    return inner === undefined
      ? [row]
      : [row, ...rowsOf(inner === child ? `${path}.${name}` : `${path}.${name}[]`, inner, false)];
  });
}

/** The map that a node is, or is a list of. */
function mapWithin(node: Node): Node | undefined {
  const nodes = [node, node.items, ...(node.anyOf ?? []), ...(node.anyOf ?? []).map(({ items }) => items)];
  return nodes.find((candidate) => candidate?.properties !== undefined);
}

function rowOf(path: string, node: Node, required: boolean): string {
  const fallback = node.default === undefined ? (required ? '**required**' : '–') : `\`${asYaml(node.default)}\``;
  const cells = [`\`${path}\``, node.description ?? '', node.unit ?? 'map', fallback, node.range ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function asYaml(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
