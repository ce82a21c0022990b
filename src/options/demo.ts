/** The configuration of a first try: no file, the bundled mock LLM as the only upstream. */
import type { CredentialConfig, GatewayConfig } from '../config.js';
import { deepFreeze } from './build.js';

const DEMO_UPSTREAM = 'mock';
const DEMO_MODEL = 'mock-model';
const DEMO_CREDENTIALS: readonly CredentialConfig[] = [1, 2, 3, 4].map((number) => ({
  id: `demo-${number}`,
  key: `sk-demo-${number}`,
  weight: 1,
}));

/** The same configuration with the mock at `baseUrl` behind every model. */
export function withDemoUpstream(config: GatewayConfig, baseUrl: string): GatewayConfig {
  return deepFreeze({
    ...config,
    upstreams: [
      { name: DEMO_UPSTREAM, protocol: 'openai', api: 'auto', transport: 'socket', baseUrl, credentials: DEMO_CREDENTIALS },
    ],
    // Named once so that `/v1/models` has something to show; any other name works too.
    models: [DEMO_MODEL, '*'].map((name) => ({ name, targets: [{ upstream: DEMO_UPSTREAM, weight: 1, priority: 1 }] })),
  });
}
