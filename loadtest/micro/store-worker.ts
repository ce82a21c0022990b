/** One worker of the `store` bench: asks at a steady rate when told to, reports every delay, and leaves. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayConfig } from '../../src/config.js';
import type { StoreToWorker } from '../../src/messages.js';
import { createStoreMaker } from '../../src/store/index.js';
import type { Store } from '../../src/store/store.js';

const CREDENTIALS = 500;
const KNOWN_ASKED = 100_000;
/** Seconds of the same load before anything is timed: cold code and new connections are another question. */
const WARM_UP = 1;

export interface BenchResult {
  /** Of each new session's decision, in milliseconds. */
  readonly delays: readonly number[];
  readonly picks: readonly (readonly [string, number])[];
  /** Of one known session's decision, in milliseconds. */
  readonly known: number;
}

interface Go {
  readonly type: 'go';
  readonly config: GatewayConfig;
  readonly rate: number;
  readonly seconds: number;
}

export async function run(): Promise<void> {
  let hear: (message: StoreToWorker) => void = () => {};
  process.on('disconnect', () => process.exit());
  process.on('message', (message: Go | StoreToWorker) => {
    if (message.type === 'go') void measure(message, (listener) => (hear = listener));
    else hear(message);
  });
  process.send?.({ type: 'up' });
}

async function measure(
  { config, rate, seconds }: Go,
  onMessage: (listener: (message: StoreToWorker) => void) => void,
): Promise<void> {
  const store = (await createStoreMaker(config)).worker({ send: (message) => process.send?.(message), onMessage });
  await store.ready;
  const picks = new Map<string, number>();
  const delays: number[] = [];
  const waiting: Promise<void>[] = [];
  const start = performance.now();
  const all = rate * (WARM_UP + seconds);
  for (let sent = 0; sent < all; await sleep(1)) {
    for (const due = ((performance.now() - start) * rate) / 1_000; sent < due && sent < all; sent++)
      waiting.push(ask(store, `${process.pid}-${sent}`, sent < rate * WARM_UP ? [] : delays, picks));
  }
  await Promise.all(waiting);
  const known = await askKnown(store, picks);
  process.send?.({ type: 'result', delays, picks: [...picks], known });
  await store.close();
}

async function ask(store: Store, session: string, delays: number[], picks: Map<string, number>): Promise<void> {
  const before = performance.now();
  const choice = await store.choose({ alias: 'm', model: 'm', session });
  delays.push(performance.now() - before);
  if (choice.found) picks.set(choice.credential, (picks.get(choice.credential) ?? 0) + 1);
}

async function askKnown(store: Store, picks: Map<string, number>): Promise<number> {
  const request = { alias: 'm', model: 'm', session: `${process.pid}-known` };
  await ask(store, request.session, [], picks);
  const before = performance.now();
  for (let asked = 0; asked < KNOWN_ASKED; asked++) void store.choose(request);
  return (performance.now() - before) / KNOWN_ASKED;
}

/** 500 equal credentials, as in the second load round; `url` absent: embedded. */
export function benchConfig(url: string | undefined, prefix = 'bench'): GatewayConfig {
  const credentials = Array.from({ length: CREDENTIALS }, (_, index) => ({ id: `k${index}`, key: `k${index}`, weight: 1 }));
  return {
    server: {
      host: '',
      port: 0,
      workers: 0,
      accept: 'spread',
      bodyLimit: 0,
      drain: 0,
      heartbeat: 0,
      exposeAttempts: false,
      maxInFlight: 0,
      queue: { length: 0, age: 0 },
      overload: { loopDelay: 0, heapPercent: 100 },
      headersTimeout: 0,
      bodyTimeout: 0,
    },
    admin: { host: '', port: 0 },
    store: { url, prefix, timeout: 1_000, limitsWhenAway: 'open' },
    sticky: { header: 'x-session-id', ttl: 3_600_000, maxSessions: 100_000, promptPrefix: true },
    timeouts: { connect: 0, headers: 0, firstToken: 0, idle: 0, total: 0 },
    retry: { attempts: 1, budgetPercent: 0 },
    clients: [],
    upstreams: [{ name: 'u', protocol: 'openai', api: 'chat', transport: 'socket', baseUrl: '', credentials }],
    models: [{ name: 'm', targets: [{ upstream: 'u', weight: 1, priority: 1 }] }],
  };
}
