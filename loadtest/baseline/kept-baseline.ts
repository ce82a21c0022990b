/** Baselines kept as files: written by `--save-baseline`, read by `--baseline`. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BASELINE_SCHEMA_VERSION, type KeptBaseline } from './words.js';

/** Where they lie, from the project's folder. */
export const BASELINE_FOLDER = 'loadtest/baselines';

/** A name is a file's name: letters, digits, `.`, `_`, `-`, and no dot in front. */
export function isBaselineName(name: string): boolean {
  return /^\w[\w.-]{0,99}$/.test(name);
}

/** Writes the baseline, in place of one of the same name; gives the file. */
export async function keepBaseline(folder: string, kept: KeptBaseline): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = fileOf(folder, kept.name);
  await writeFile(file, `${JSON.stringify(kept, null, 1)}\n`);
  return file;
}

/** @throws Error that names the baselines that there are, or the schema that this program does not read. */
export async function readBaseline(folder: string, name: string): Promise<KeptBaseline> {
  const text = await readFile(fileOf(folder, name), 'utf8').catch(async () => {
    const names = (await readdir(folder).catch(() => [])).filter((one) => one.endsWith('.json')).map((one) => one.slice(0, -5));
    throw new Error(`no baseline '${name}' in ${folder}; there ${names.length > 0 ? `are: ${names.join(', ')}` : 'is none'}`);
  });
  const kept = JSON.parse(text) as KeptBaseline;
  if (kept.kind !== 'baseline' || kept.schemaVersion !== BASELINE_SCHEMA_VERSION)
    throw new Error(`${fileOf(folder, name)} is no baseline of schema ${BASELINE_SCHEMA_VERSION}`);
  return kept;
}

function fileOf(folder: string, name: string): string {
  return join(folder, `${name}.json`);
}
