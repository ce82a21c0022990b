/** Gateways of others, as columns beside ours where they are installed: each with the configuration that its makers would start with. */
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { litellm } from '../../conformance/compare/litellm.js';
import { PORTKEY_PROGRAM, portkey } from '../../conformance/compare/portkey.js';
import { type StartedProcess, startOnFreePort } from '../../conformance/compare/process.js';
import { processTree } from '../proc.js';
import { CREDENTIAL_PREFIX } from './gateway-config.js';
import { NGINX_READY, nginxConfig } from './nginx-config.js';
import type { RunningTarget } from './target.js';

export const PEER_KINDS = ['nginx', 'litellm', 'portkey'] as const;
export type PeerKind = (typeof PEER_KINDS)[number];

export interface PeerWish {
  /** Where litellm and portkey are installed. */
  folder?: string;
  mockUrl: string;
  /** The model that will be asked for. */
  model: string;
  /** Number of upstream credentials, for those that take turns. */
  credentials: number;
}

const run = promisify(execFile);
const KEY = 'sk-loadtest-peer';

export function isPeer(target: string): target is PeerKind {
  return (PEER_KINDS as readonly string[]).includes(target);
}

/** Why there can be no such column here, in one line; undefined: there can. Installs what is missing into a folder that was given. */
export async function whyNoPeer(kind: PeerKind, folder?: string): Promise<string | undefined> {
  try {
    if (kind === 'nginx') await run('nginx', ['-v']);
    else if (folder !== undefined) await (kind === 'litellm' ? litellm : portkey).install(folder);
    else if (kind === 'litellm') await run('litellm', ['--version']);
    else return 'no portkey column: --peers DIR says where it is, or shall be installed';
    return undefined;
  } catch (error) {
    const words = (error as Error).message.trim().split('\n').at(-1);
    return `no ${kind} column: ${kind === 'nginx' ? 'no nginx on PATH' : `it is not here (--peers DIR installs it): ${words}`}`;
  }
}

/** Starts one and waits until it answers. Rejects with its own words when it does not. */
export async function startPeer(kind: PeerKind, wish: PeerWish): Promise<RunningTarget> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-peer-'));
  const clean = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const started = await STARTS[kind](wish, folder);
    const stop = async (): Promise<void> => {
      await started.stop();
      await clean();
    };
    const headers =
      kind === 'portkey' ? { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${wish.mockUrl}/v1` } : undefined;
    const url = `http://127.0.0.1:${started.port}`;
    return { kind, url, keys: [KEY], headers, pids: () => processTree(started.pid), stop };
  } catch (error) {
    await clean();
    throw error;
  }
}

const STARTS: Readonly<Record<PeerKind, (wish: PeerWish, scratch: string) => Promise<StartedProcess>>> = {
  nginx: async ({ mockUrl }, scratch) => {
    const file = join(scratch, 'nginx.conf');
    const args = (port: number): string[] => {
      const config = nginxConfig({ port, mockUrl, credential: `${CREDENTIAL_PREFIX}1`, folder: scratch });
      writeFileSync(file, config);
      return ['-p', scratch, '-e', 'stderr', '-c', file];
    };
    return startOnFreePort('nginx', args, NGINX_READY);
  },
  litellm: async ({ folder, mockUrl, model, credentials }, scratch) => {
    const installed = join(folder ?? '', 'litellm', 'bin', 'litellm');
    const file = join(scratch, 'litellm.yaml');
    await writeFile(file, JSON.stringify(litellmConfig(mockUrl, model, credentials)));
    const args = (port: number): string[] => [
      '--config',
      file,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--telemetry',
      'False',
    ];
    const program = folder !== undefined && existsSync(installed) ? installed : 'litellm';
    // Prices come with the package: nothing is fetched at the start.
    return startOnFreePort(program, args, '/health/liveliness', { LITELLM_LOCAL_MODEL_COST_MAP: 'True' });
  },
  portkey: async ({ folder = '' }) => {
    const program = join(folder, PORTKEY_PROGRAM);
    return startOnFreePort(process.execPath, (port) => [program, `--port=${port}`, '--headless'], '/');
  },
};

/** JSON is YAML. One deployment for each credential, as its router takes turns over deployments. */
function litellmConfig(mockUrl: string, model: string, credentials: number): object {
  const deployments = Array.from({ length: credentials }, (_, index) => ({
    model_name: model,
    litellm_params: { model: `openai/${model}`, api_base: `${mockUrl}/v1`, api_key: `${CREDENTIAL_PREFIX}${index + 1}` },
  }));
  return { model_list: deployments, general_settings: { master_key: KEY } };
}
