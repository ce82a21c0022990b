import { rmSync } from 'node:fs';
import { copyFile, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Copies a Node program; gives the copy's path. PSS deals the pages of a program out to all processes that run the same
 * file: with the mock, the clients and whatever else runs on that Node, a gateway would be told tens of MB too little.
 * The copy goes when this process exits, whatever the reason.
 */
export async function copyNode(nodePath: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-node-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'node');
  await copyFile(await realpath(nodePath), path);
  return path;
}
