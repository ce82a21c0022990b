/** What the limits' scripts say, read with suspicion. */
import type { AdmissionRequest, ClientUse, LimitName, Remaining, Verdict } from '../limits/types.js';

/** A verdict, and what all workers together use by then. */
export type HeardVerdict = Verdict & { readonly use?: ClientUse };

const LIMITS: readonly unknown[] = ['rpm', 'tpm', 'concurrency', 'budget'] satisfies LimitName[];

type Fields = Record<string, unknown>;

/** Undefined when it is no verdict. */
export function readVerdict(text: unknown, { client, limits, isCall, slot }: AdmissionRequest): HeardVerdict | undefined {
  const read = parse(text);
  if (typeof read?.admitted !== 'boolean') return undefined;
  const requests = readRemaining(read.requests);
  const tokens = readRemaining(read.remaining);
  const allowance = { ...(requests && { requests }), ...(tokens && { tokens }) };
  const use = readUse({ ...(isFields(read.use) ? read.use : {}), client });
  if (!read.admitted) {
    if (!LIMITS.includes(read.limit)) return undefined;
    return { admitted: false, limit: read.limit as LimitName, retryAfter: number(read.retryAfter), allowance, use };
  }
  const receipt = {
    client,
    second: number(read.second),
    period: typeof read.period === 'string' ? read.period : '',
    tokens: number(read.tokens),
    usd: number(read.usd),
    slot: isCall && limits.concurrency !== undefined ? slot : '',
  };
  return { admitted: true, receipt, allowance, use };
}

/** A list of uses; Lua writes an empty one as `{}`. */
export function readUses(text: unknown): ClientUse[] {
  const read = parse(text);
  return Array.isArray(read) ? read.flatMap((one) => (isFields(one) ? (readUse(one) ?? []) : [])) : [];
}

function readUse({ client, requests, tokens, slots, usd }: Fields): ClientUse | undefined {
  if (typeof client !== 'string') return undefined;
  return { client, requests: number(requests), tokens: number(tokens), slots: number(slots), usd: number(usd) };
}

function readRemaining(value: unknown): Remaining | undefined {
  if (!isFields(value)) return undefined;
  return { limit: number(value.limit), remaining: number(value.remaining), reset: number(value.reset) };
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function parse(text: unknown): Fields | undefined {
  try {
    const value: unknown = JSON.parse(String(text));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
