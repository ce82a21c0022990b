/** The five spellings of where Redis is, taken apart. */

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

export interface RedisPlace {
  readonly kind: 'single' | 'socket' | 'sentinel' | 'cluster';
  /** One, but for sentinel and cluster; empty for a socket. */
  readonly addresses: readonly RedisAddress[];
  /** Of a socket. */
  readonly path?: string;
  /** Sentinel's name of the master. */
  readonly master?: string;
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
}

const KINDS: Record<string, RedisPlace['kind']> = {
  redis: 'single',
  rediss: 'single',
  'redis+unix': 'socket',
  'redis+sentinel': 'sentinel',
  'rediss+sentinel': 'sentinel',
  'redis-cluster': 'cluster',
  'rediss-cluster': 'cluster',
};

/**
 * `redis[s]://[user:password@]host[:port][/db]`, `redis+unix://[user:password@]/path[?db=n]`,
 * `redis[s]+sentinel://[…@]h1[:p],h2[:p]/master[/db]`, `redis[s]-cluster://[…@]h1[:p],h2[:p]`. Throws on anything else,
 * without repeating the text, which may hold a password.
 */
export function parseRedisUrl(text: string): RedisPlace {
  const match = /^([a-z+-]+):\/\/(?:([^@/]*)@)?([^/?]*)(\/[^?]*)?(?:\?db=(\d+))?$/.exec(text);
  const kind = KINDS[match?.[1] ?? ''];
  if (match === null || kind === undefined) throw new Error('store.url is not a Redis address that is understood');
  const [, scheme = '', login, hosts = '', path = '', db = '0'] = match;
  const common = { kind, tls: scheme.startsWith('rediss'), ...loginOf(login) };
  if (kind === 'socket') return { ...common, addresses: [], path: decodeURIComponent(path), db: Number(db) };
  const addresses = hosts.split(',').map((host) => addressOf(host, kind));
  const parts = path.split('/').slice(1);
  if (kind === 'sentinel') return { ...common, addresses, master: parts[0] || 'mymaster', db: Number(parts[1] || 0) };
  return { ...common, addresses, db: Number(parts[0] || db) };
}

function loginOf(login: string | undefined): { username?: string; password?: string } {
  if (!login) return {};
  const colon = login.indexOf(':');
  const username = decodeURIComponent(colon < 0 ? login : login.slice(0, colon));
  return { ...(username && { username }), ...(colon >= 0 && { password: decodeURIComponent(login.slice(colon + 1)) }) };
}

function addressOf(text: string, kind: RedisPlace['kind']): RedisAddress {
  const match = /^(\[[^\]]+\]|[^:]*)(?::(\d+))?$/.exec(text);
  if (match === null) throw new Error('store.url has an address that is not understood');
  const host = (match[1] || '127.0.0.1').replace(/^\[|\]$/g, '');
  return { host, port: Number(match[2] ?? (kind === 'sentinel' ? 26_379 : 6_379)) };
}
