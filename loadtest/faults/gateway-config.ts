/** The gateway's config file as rows wish it: models that lead to upstreams which are places of the wall. Pure. */
import type { DialectName } from '../mock/dialect.js';
import { CANARIES, upstreamKey } from './canary.js';
import { PATIENCE } from './expect.js';

/** The way in which a client asks, or an upstream is asked. */
export type Form = DialectName;
export const FORMS: readonly Form[] = ['chat', 'messages', 'responses'];

/** An upstream. Its name is its path on the wall, so a name belongs to one row. */
export interface Place {
  readonly upstream: string;
  readonly form: Form;
  /** How many keys it has (k1, k2, …). Default: 1. */
  readonly credentials?: number;
  readonly priority?: number;
  /** Somewhere else than the wall. */
  readonly baseUrl?: string;
  /** The model's name there. */
  readonly model?: string;
  readonly transport?: 'socket' | 'undici';
  /** More of the upstream's section: concurrency, queue… */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface ModelWish {
  readonly model: string;
  readonly places: readonly Place[];
  /** More of the model's section: price, fallbacks… */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface GatewayWish {
  readonly models: readonly ModelWish[];
  /** Default: 2. */
  readonly workers?: number;
  /** Sections of the file; `server`, `timeouts` and `retry` are merged over the defaults, others replace. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The gateway's limits, milliseconds: short, so that a row takes seconds. `slack`: how late a look at the clock may come. */
export const LIMIT_MS = {
  connect: 1_000 * PATIENCE,
  headers: 2_000 * PATIENCE,
  firstToken: 2_000 * PATIENCE,
  idle: 2_000 * PATIENCE,
  total: 12_000 * PATIENCE,
  slack: 1_500,
};
export const TIMEOUTS = {
  connect: `${LIMIT_MS.connect}ms`,
  headers: `${LIMIT_MS.headers}ms`,
  firstToken: `${LIMIT_MS.firstToken}ms`,
  idle: `${LIMIT_MS.idle}ms`,
  total: `${LIMIT_MS.total}ms`,
};

/** One model for each client form, before an upstream of the same form: `<id>-<form>` over `<id>-<form>-a` and, with a fallback, `…-b`. */
export function modelsFor(
  id: string,
  {
    forms = FORMS,
    credentials = 1,
    fallback = false,
    upstream: more,
  }: { forms?: readonly Form[]; credentials?: number; fallback?: boolean; upstream?: Place['more'] } = {},
): ModelWish[] {
  return forms.map((form) => {
    const first: Place = { upstream: `${id}-${form}-a`, form, credentials, priority: 1, more };
    const second: Place = { upstream: `${id}-${form}-b`, form, priority: 2 };
    return { model: `${id}-${form}`, places: fallback ? [first, second] : [first] };
  });
}

/** The whole config, as an object: JSON is YAML. `wall`: origin of the wall. */
export function gatewayConfig({ models, workers = 2, config = {} }: GatewayWish, wall: string): Record<string, unknown> {
  const { server, timeouts, retry, ...sections } = config as Record<string, object>;
  const places = new Map(models.flatMap((wish) => wish.places.map((place) => [place.upstream, place])));
  return {
    server: { port: 0, workers, drainSeconds: 5, exposeAttempts: true, ...server },
    admin: { port: 0 },
    timeouts: { ...TIMEOUTS, ...timeouts },
    retry: { attempts: 3, budgetPercent: 100, ...retry },
    upstreams: [...places.values()].map((place) => upstreamOf(place, wall)),
    models: models.map(({ model, places: targets, more }) => ({ name: model, targets: targets.map(targetOf), ...more })),
    ...sections,
  };
}

/** A `clients` section of one client, who is asked for by `CANARIES.clientKey`. */
export const ONE_CLIENT = [{ name: 'app', key: CANARIES.clientKey }];

function upstreamOf({ upstream, form, credentials = 1, baseUrl, transport, more }: Place, wall: string): Record<string, unknown> {
  return {
    name: upstream,
    ...(form === 'messages' ? { protocol: 'anthropic' } : { protocol: 'openai', api: form }),
    baseUrl: baseUrl ?? `${wall}/${upstream}`,
    ...(transport && { transport }),
    ...more,
    credentials: Array.from({ length: credentials }, (_, index) => ({
      id: `k${index + 1}`,
      key: upstreamKey(upstream, index + 1),
    })),
  };
}

function targetOf({ upstream, priority = 1, model }: Place): Record<string, unknown> {
  return { upstream, priority, ...(model && { model }) };
}
