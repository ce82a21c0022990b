/** LiteLLM's proxy (pip), each upstream a model of its list, no database. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../cell.js';
import { aliasOf, FAMILIES } from '../families.js';
import { PROTOCOLS, type Protocol } from '../words.js';
import type { Peer } from './peer.js';
import { run, startOnFreePort } from './process.js';

const KEY = 'sk-conformance';
const EMBED_MODEL = 'to-embeddings';
/** How LiteLLM names a provider and its API. */
const PREFIXES: Record<Protocol, string> = { chat: 'openai/', responses: 'openai/responses/', messages: 'anthropic/' };

export const litellm: Peer = {
  name: 'litellm',
  install: async (folder) => {
    if (existsSync(join(folder, 'litellm', 'bin', 'litellm'))) return;
    await mkdir(folder, { recursive: true });
    await run('python3', ['-m', 'venv', 'litellm'], folder);
    await run(join(folder, 'litellm', 'bin', 'pip'), ['install', '--quiet', 'litellm[proxy]'], folder);
  },
  start: async (folder, mockOrigin) => {
    const bin = join(folder, 'litellm', 'bin');
    const file = join(folder, 'litellm.yaml');
    await writeFile(file, JSON.stringify(configFor(mockOrigin)));
    const shown = await run(join(bin, 'pip'), ['show', 'litellm'], folder);
    const started = await startOnFreePort(
      join(bin, 'litellm'),
      (port) => ['--config', file, '--host', '127.0.0.1', '--port', String(port), '--telemetry', 'False'],
      '/health/liveliness',
      // Prices come with the package: nothing is fetched at the start.
      { LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
    );
    const target: Target = {
      ...{ origin: `http://127.0.0.1:${started.port}`, key: KEY, embedModel: EMBED_MODEL, own: false },
      modelOf: aliasOf,
    };
    return { target, version: `litellm ${/^Version: (.*)$/m.exec(shown)?.[1] ?? '?'}`, stop: started.stop };
  },
};

/** JSON is YAML. Nothing rests and nothing is tried again: every answer is the one of this request. */
function configFor(mockOrigin: string): object {
  const models = FAMILIES.flatMap((family) =>
    PROTOCOLS.map((upstream) => ({
      model_name: aliasOf(family, upstream),
      litellm_params: {
        model: `${PREFIXES[upstream]}${family.models[upstream].model}`,
        api_base: upstream === 'messages' ? mockOrigin : `${mockOrigin}/v1`,
        api_key: 'sk-upstream',
      },
    })),
  );
  const embeddings = {
    model_name: EMBED_MODEL,
    litellm_params: { model: 'openai/mock-instant', api_base: `${mockOrigin}/v1`, api_key: 'sk-upstream' },
  };
  return {
    model_list: [...models, embeddings],
    litellm_settings: { drop_params: true, num_retries: 0 },
    router_settings: { disable_cooldowns: true },
    general_settings: { master_key: KEY },
  };
}
