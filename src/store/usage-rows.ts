/** Rows of usage as they stand in Redis: names in the field, numbers in the value. */
import type { UsageRow, UsageTable } from '../usage.js';

/** In the order of the value. */
const NUMBERS = ['requests', 'failures', 'input', 'cachedInput', 'cacheWrite', 'output', 'reasoning', 'usd'] as const;

/** Field and numbers of one row. */
export function rowText(row: Readonly<UsageRow>): [field: string, numbers: number[]] {
  const { client, alias, upstream, credential } = row;
  return [[client, alias, upstream, credential].join('\n'), NUMBERS.map((name) => row[name])];
}

/** Fields and values in turn; undefined when they are none. What is no row is left out. */
export function readUsage(reply: unknown): UsageTable | undefined {
  if (!Array.isArray(reply)) return undefined;
  const rows: UsageRow[] = [];
  for (let at = 0; at + 1 < reply.length; at += 2) {
    const row = readRow(String(reply[at]), String(reply[at + 1]));
    if (row) rows.push(row);
  }
  return rows;
}

function readRow(field: string, value: string): UsageRow | undefined {
  const [client, alias, upstream, credential, more] = field.split('\n');
  const numbers = value.split(',').map(Number);
  if (client === undefined || alias === undefined || upstream === undefined || credential === undefined) return undefined;
  if (more !== undefined || numbers.length !== NUMBERS.length || !numbers.every(Number.isFinite)) return undefined;
  const [requests = 0, failures = 0, input = 0, cachedInput = 0, cacheWrite = 0, output = 0, reasoning = 0, usd = 0] = numbers;
  const names = { client, alias, upstream, credential };
  return { ...names, requests, failures, input, cachedInput, cacheWrite, output, reasoning, usd };
}
