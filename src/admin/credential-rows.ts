/** Every configured credential with what the shared state and the counters know of it. Pure; the key never enters. */
import type { GatewayConfig } from '../config.js';
import type { RestReason } from '../credential/types.js';
import type { SeriesJson } from '../metrics/metrics-json.js';
import type { CredentialSnapshot, StoreSnapshot } from '../store/store.js';

export interface CredentialRow {
  readonly upstream: string;
  readonly credential: string;
  readonly weight: number;
  /** `trial`: one request is finding out whether it is back. */
  readonly state: 'ready' | 'resting' | 'trial' | 'paused';
  readonly reason: RestReason | null;
  /** Milliseconds until its longest rest is over; 0 when it does not rest. */
  readonly remaining: number;
  /** Models it rests for; `*` is every model. */
  readonly models: readonly string[];
  /** Times it was chosen, and how its attempts ended. */
  readonly picks: number;
  readonly attempts: Readonly<Record<string, number>>;
}

export function credentialRows(config: GatewayConfig, snapshot: StoreSnapshot, series: readonly SeriesJson[]): CredentialRow[] {
  const known = new Map(snapshot.credentials.map((one) => [keyOf(one.upstream, one.credential), one]));
  const attempts = attemptsByCredential(series);
  return config.upstreams.flatMap((upstream) =>
    upstream.credentials.map(({ id, weight }) => {
      const key = keyOf(upstream.name, id);
      const state = stateOf(known.get(key));
      return {
        upstream: upstream.name,
        credential: id,
        weight,
        ...state,
        picks: known.get(key)?.picks ?? 0,
        attempts: attempts.get(key) ?? {},
      };
    }),
  );
}

/** Unambiguous: an upstream name holds no slash. */
function keyOf(upstream: string, credential: string): string {
  return `${upstream}/${credential}`;
}

function stateOf(snapshot: CredentialSnapshot | undefined): Pick<CredentialRow, 'state' | 'reason' | 'remaining' | 'models'> {
  const rests = [...(snapshot?.rests ?? [])].sort((a, b) => b.remaining - a.remaining);
  const longest = rests[0];
  const rest = { remaining: longest?.remaining ?? 0, models: rests.map(({ model }) => model) };
  if (snapshot?.paused) return { state: 'paused', reason: 'paused', ...rest };
  if (longest === undefined) return { state: 'ready', reason: null, ...rest };
  return { state: rests.some(({ trial }) => trial) ? 'trial' : 'resting', reason: longest.reason, ...rest };
}

function attemptsByCredential(series: readonly SeriesJson[]): Map<string, Record<string, number>> {
  const counts = new Map<string, Record<string, number>>();
  const attempts = series.find(({ name }) => name === 'tidegate_attempts_total');
  if (attempts?.type !== 'counter') return counts;
  for (const { labels, value } of attempts.values) {
    const key = keyOf(labels['upstream'] ?? '', labels['credential'] ?? '');
    const outcome = labels['outcome'] ?? 'other';
    const row = counts.get(key) ?? {};
    row[outcome] = (row[outcome] ?? 0) + value;
    counts.set(key, row);
  }
  return counts;
}
