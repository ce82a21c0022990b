/** The mock and this project's gateway before it, one model for each upstream protocol. */
import { CLIENT_KEY, startMock, startTarget } from '../engine/targets/target.js';
import type { Target } from './cell.js';
import { PROTOCOLS, type Protocol } from './words.js';

/** Tests of errors make credentials rest: there are enough for all of them. */
const CREDENTIALS = 4_000;
const SCRIPT_MODEL = 'mock-script';
/** Pictures and documents pass the mock's own bound. */
const MOCK_FLAGS = ['--body-limit=32mb'];

export const TARGET_MODELS: Readonly<Record<Protocol, string>> = {
  chat: 'to-chat',
  responses: 'to-responses',
  messages: 'to-messages',
};
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
    const target = { origin: gateway.url, key: CLIENT_KEY, models: TARGET_MODELS, embedModel: EMBED_MODEL, own: true };
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
  const models = { chat: SCRIPT_MODEL, responses: SCRIPT_MODEL, messages: SCRIPT_MODEL };
  return { origin, key, models, embedModel: 'mock-instant', own: false };
}

/** Sections for the gateway's config file. */
function gatewayConfig(baseUrl: string): Record<string, unknown> {
  const upstreams = PROTOCOLS.map((protocol) => ({
    name: protocol,
    ...(protocol === 'messages' ? { protocol: 'anthropic' } : { protocol: 'openai', api: protocol }),
    baseUrl,
    credentials: [{ generate: CREDENTIALS, prefix: `sk-${protocol}-` }],
  }));
  const models = PROTOCOLS.map((protocol) => ({
    name: TARGET_MODELS[protocol],
    targets: [{ upstream: protocol, model: SCRIPT_MODEL }],
  }));
  return { upstreams, models: [...models, { name: EMBED_MODEL, targets: [{ upstream: 'chat', model: 'mock-instant' }] }] };
}
