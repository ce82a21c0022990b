/** Clients with limits, and how much of each is used now. */
import type { GatewayConfig } from '../config.js';
import type { ClientUse } from '../limits/types.js';

export interface ClientRow {
  readonly client: string;
  /** In the last minute. */
  readonly requests: Used;
  readonly tokens: Used;
  /** In flight. */
  readonly slots: Used;
  /** US dollars; what is reserved for running requests counts as spent. */
  readonly budget?: { readonly usd: number; readonly per: string; readonly spent: number; readonly left: number };
}

interface Used {
  readonly used: number;
  /** Absent: not limited, and then not counted either. */
  readonly limit?: number;
}

export function clientRows(config: Pick<GatewayConfig, 'clients'>, uses: readonly ClientUse[]): ClientRow[] {
  const byName = new Map(uses.map((use) => [use.client, use]));
  return config.clients.flatMap(({ name, rpm, tpm, concurrency, budget }) => {
    if (rpm === undefined && tpm === undefined && concurrency === undefined && budget === undefined) return [];
    const { requests = 0, tokens = 0, slots = 0, usd: spent = 0 } = byName.get(name) ?? {};
    const row: ClientRow = {
      client: name,
      requests: { used: requests, limit: rpm },
      tokens: { used: tokens, limit: tpm },
      slots: { used: slots, limit: concurrency },
    };
    return [budget ? { ...row, budget: { ...budget, spent, left: Math.max(0, budget.usd - spent) } } : row];
  });
}
