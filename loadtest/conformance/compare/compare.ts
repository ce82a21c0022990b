/** The same matrix through other gateways, one after another, each before a mock of its own. */
import { startMock } from '../../engine/targets/target.js';
import { type Place, runMatrix } from '../run-matrix.js';
import { MOCK_FLAGS } from '../site.js';
import type { CellResult } from '../words.js';
import { litellm } from './litellm.js';
import type { Peer } from './peer.js';
import { portkey } from './portkey.js';

export const PEERS: Readonly<Record<string, Peer>> = { litellm, portkey };

/** What came of one gateway; `why`: it could not be installed or started. */
export interface Column {
  readonly name: string;
  readonly version?: string;
  readonly results: readonly CellResult[];
  readonly why?: string;
}

/** `home`: folder of the built programs; `folder`: where gateways are installed. */
export async function runPeer(name: string, places: readonly Place[], home: string, folder: string): Promise<Column> {
  const peer = PEERS[name] as Peer;
  const mock = await startMock({ home, maxConcurrent: 500, args: MOCK_FLAGS });
  try {
    await peer.install(folder);
    const running = await peer.start(folder, mock.origin);
    try {
      return { name, version: running.version, results: await runMatrix(places, running.target) };
    } finally {
      await running.stop();
    }
  } catch (error) {
    return { name, results: [], why: (error as Error).message };
  } finally {
    await mock.stop();
  }
}
