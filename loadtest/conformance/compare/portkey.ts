/** Portkey's open-source gateway (npm): a provider is named by headers of each request, the model by the request itself. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../cell.js';
import type { Peer } from './peer.js';
import { run, startOnFreePort } from './process.js';

const PACKAGE = '@portkey-ai/gateway';
/** With newer versions of it every stream of 1.15 ends in status 500 ("immutable" headers). */
const OVERRIDES = { '@hono/node-server': '1.13.8' };

/** The server's file, from the folder of peers. */
export const PORTKEY_PROGRAM = join('portkey', 'node_modules', PACKAGE, 'build', 'start-server.js');

export const portkey: Peer = {
  name: 'portkey',
  install: async (folder) => {
    const home = join(folder, 'portkey');
    if (existsSync(join(home, 'node_modules', PACKAGE))) return;
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'package.json'), JSON.stringify({ private: true, overrides: OVERRIDES }));
    await run('npm', ['install', '--no-audit', '--no-fund', PACKAGE], home);
  },
  start: async (folder, mockOrigin) => {
    const home = join(folder, 'portkey', 'node_modules', PACKAGE);
    const program = join(folder, PORTKEY_PROGRAM);
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
    const started = await startOnFreePort(process.execPath, (port) => [program, `--port=${port}`, '--headless'], '/');
    const target: Target = {
      ...{ origin: `http://127.0.0.1:${started.port}`, key: 'sk-conformance', embedModel: 'mock-instant', own: false },
      modelOf: ({ models }, upstream) => models[upstream].model,
      headersFor: (upstream) => ({
        'x-portkey-provider': upstream === 'messages' ? 'anthropic' : 'openai',
        'x-portkey-custom-host': `${mockOrigin}/v1`,
      }),
    };
    return { target, version: `portkey ${version}`, stop: started.stop };
  },
};
