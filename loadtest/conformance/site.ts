/** The mock and this project's gateway before it, one model for each upstream protocol. */
import { CLIENT_KEY, startMock, startTarget } from '../engine/targets/target.js';
import type { Target } from './cell.js';
import { aliasOf, FAMILIES } from './families.js';
import { PROTOCOLS, type Protocol } from './words.js';

/** Tests of errors make credentials rest: there are enough for all of them. */
const CREDENTIALS = 4_000;
/** Pictures and documents pass the mock's own bound. */
export const MOCK_FLAGS = ['--body-limit=32mb'];

const EMBED_MODEL = 'to-embeddings';

export interface Site {
  readonly target: Target;
  stop(): Promise<void>;
}

/** `home`: folder of the built programs. */
export async function startSite(home: string, workers: number): Promise<Site> {
  const mock = await startMock({ home, maxConcurrent: 500, args: MOCK_FLAGS });
  try {
    const config = gatewayConfig(mock.origin);
    const gateway = await startTarget('cluster', { home, mockUrl: mock.origin, credentials: 1, workers, config });
    const target = { origin: gateway.url, key: CLIENT_KEY, modelOf: aliasOf, embedModel: EMBED_MODEL, own: true };
    return {
      target,
      stop: async () => {
        await gateway.stop();
        await mock.stop();
      },
    };
  } catch (error) {
    await mock.stop();
    throw error;
  }
}

/** The mock itself as the target: proves the mock and the clients. */
export async function startMockAlone(home: string): Promise<Site> {
  const mock = await startMock({ home, maxConcurrent: 500, args: MOCK_FLAGS });
  return { target: directTarget(mock.origin, 'sk-direct'), stop: () => mock.stop() };
}

/** A target that serves the scripted model under its own name. */
export function directTarget(origin: string, key: string): Target {
  return { origin, key, modelOf: ({ models }, upstream) => models[upstream].model, embedModel: 'mock-instant', own: false };
}

/** A gateway that somebody has started, whose models are called as here but for `names`. */
export function foreignTarget(origin: string, key: string, names: Partial<Record<Protocol, string>>): Target {
  const modelOf: Target['modelOf'] = (family, upstream) => names[upstream] ?? aliasOf(family, upstream);
  return { origin, key, modelOf, embedModel: EMBED_MODEL, own: false };
}

/** Sections for the gateway's config file. */
function gatewayConfig(baseUrl: string): Record<string, unknown> {
  const upstreams = PROTOCOLS.map((protocol) => ({
    name: protocol,
    ...(protocol === 'messages' ? { protocol: 'anthropic' } : { protocol: 'openai', api: protocol }),
    baseUrl,
    credentials: [{ generate: CREDENTIALS, prefix: `sk-${protocol}-` }],
  }));
  const models = FAMILIES.flatMap((family) =>
    PROTOCOLS.map((upstream) => ({
      name: aliasOf(family, upstream),
      targets: [{ upstream, model: family.models[upstream].model }],
    })),
  );
  return { upstreams, models: [...models, { name: EMBED_MODEL, targets: [{ upstream: 'chat', model: 'mock-instant' }] }] };
}
