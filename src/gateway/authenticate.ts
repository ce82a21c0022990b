/** Who calls: the client whose key this is. Keys are compared as SHA-256 digests, so timing tells nothing of them. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ClientConfig } from '../config.js';
import { GatewayError } from '../errors.js';
import type { ClientLimits } from '../limits/types.js';

export interface Caller {
  /** Configured name, `anonymous` on an open gateway. */
  readonly name: string;
  /** Keeps sessions of different callers apart. */
  readonly namespace: string;
  /** Model names allowed: `*`, exact, or a prefix ending in `*`. */
  readonly models: readonly string[];
  /** Absent: nothing limits it. */
  readonly limits?: ClientLimits;
}

const ALL_MODELS = ['*'] as const;
/** Longer than any key; hashing more would only be work for an attacker to ask for. */
const LONGEST_KEY = 1024;

/** The clients by digest; made once per configuration. */
export class Authenticator {
  readonly #byDigest = new Map<string, ClientConfig>();

  constructor(clients: readonly ClientConfig[]) {
    for (const client of clients) this.#byDigest.set(client.keyHash, client);
  }

  /** Throws the same `invalid_api_key` for a missing, wrong, malformed or removed key. */
  authenticate(headers: IncomingHttpHeaders): Caller {
    const key = presentedKey(headers);
    if (this.#byDigest.size === 0) return { name: 'anonymous', namespace: digest(key ?? ''), models: ALL_MODELS };
    const client = key === undefined ? undefined : this.#find(digest(key));
    if (!client)
      throw new GatewayError('invalid_api_key', 'Missing or invalid API key. Send it as: Authorization: Bearer <key>.');
    return { name: client.name, namespace: client.keyHash, models: client.models, limits: limitsOf(client) };
  }

  #find(presented: string): ClientConfig | undefined {
    const client = this.#byDigest.get(presented);
    return client && timingSafeEqual(Buffer.from(client.keyHash), Buffer.from(presented)) ? client : undefined;
  }
}

function limitsOf({ rpm, tpm, concurrency, budget }: ClientConfig): ClientLimits | undefined {
  if (rpm === undefined && tpm === undefined && concurrency === undefined && budget === undefined) return undefined;
  return { rpm, tpm, concurrency, budget };
}

/** `Authorization: Bearer` (RFC 6750) or `x-api-key`; two that differ are none. */
function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +([^ \t]+)[ \t]*$/i.exec(headers.authorization ?? '')?.[1];
  const header = headers['x-api-key'];
  const other = typeof header === 'string' && header !== '' ? header : undefined;
  if (bearer && other && bearer !== other) return undefined;
  const key = bearer ?? other;
  return key === undefined || key.length > LONGEST_KEY ? undefined : key;
}

/** Of the bytes that came: Node reads header bytes as latin1. */
function digest(key: string): string {
  return hash('sha256', Buffer.from(key, 'latin1'), 'hex');
}
