/** Who used what: one row per client × model × credential. */
import type { UsageRow, UsageTable } from '../usage.js';
import type { RequestRecord, Usage } from './record.js';

export type { UsageRow, UsageTable };

type UsageKey = Pick<UsageRow, 'client' | 'alias' | 'upstream' | 'credential'>;

/** Past this many rows what is new is counted under `other`. */
const MOST_ROWS = 10_000;
const OTHER: UsageKey = { client: 'other', alias: 'other', upstream: 'other', credential: 'other' };

/** Adds requests up; mutable, one per process. */
export class UsageLedger {
  private readonly rows = new Map<string, UsageRow>();

  /** `key` holds bounded names, see `LabelBound`. */
  add(key: UsageKey, record: RequestRecord, usd: number): void {
    const row = this.rowOf(key);
    row.requests++;
    if (record.outcome !== 'ok') row.failures++;
    if (record.usage !== undefined) addTokens(row, record.usage);
    row.usd += usd;
  }

  /** Adds a whole row, of another process. */
  addRow(other: Readonly<UsageRow>): void {
    const row = this.rowOf(other);
    row.requests += other.requests;
    row.failures += other.failures;
    addTokens(row, other);
    row.usd += other.usd;
  }

  table(): UsageTable {
    return [...this.rows.values()].map((row) => ({ ...row }));
  }

  private rowOf(key: UsageKey): UsageRow {
    const name = [key.client, key.alias, key.upstream, key.credential].join('\u0000');
    const found = this.rows.get(name);
    if (found !== undefined) return found;
    if (this.rows.size >= MOST_ROWS && key.client !== OTHER.client) return this.rowOf(OTHER);
    const { client, alias, upstream, credential } = key;
    const row: UsageRow = {
      client,
      alias,
      upstream,
      credential,
      requests: 0,
      failures: 0,
      input: 0,
      cachedInput: 0,
      cacheWrite: 0,
      output: 0,
      reasoning: 0,
      usd: 0,
    };
    this.rows.set(name, row);
    return row;
  }
}

/** The tables of several processes as one, dearest first, then busiest. */
export function mergeUsage(tables: readonly UsageTable[]): UsageTable {
  const ledger = new UsageLedger();
  for (const table of tables) for (const row of table) ledger.addRow(row);
  return [...ledger.table()].sort((a, b) => b.usd - a.usd || b.requests - a.requests);
}

function addTokens(row: UsageRow, usage: Usage): void {
  row.input += usage.input;
  row.cachedInput += usage.cachedInput;
  row.cacheWrite += usage.cacheWrite;
  row.output += usage.output;
  row.reasoning += usage.reasoning;
}
