import { writeFile } from 'node:fs/promises';
import { type ConfigWish, KIND_TEXTS, type Kind, sectionsOf } from './kinds.js';

/** A whole config file. */
export interface FileWish extends ConfigWish {
  /** The one client's key; at least 16 characters. Absent: no client section, so that anybody on this machine may ask. */
  readonly clientKey?: string;
  readonly port: number;
}

/** The text of a config that `tidegate --check` accepts; JSON, which is YAML too. */
export function configText(kind: Kind, { clientKey, port, ...wish }: FileWish): string {
  const head = { server: { host: '127.0.0.1', port }, admin: { host: '127.0.0.1', port: port === 0 ? 0 : port + 1010 } };
  const clients = clientKey === undefined ? {} : { clients: [{ name: 'loadtest', key: clientKey }] };
  const body = JSON.stringify({ ...head, ...clients, ...sectionsOf(kind, wish) }, null, 2);
  return `# Tidegate under load: ${KIND_TEXTS[kind]}. The keys are made up, the upstreams are mocks.\n${body}\n`;
}

/** Writes the config to a file, or prints it. */
export async function configCommand(kind: Kind, { file, ...wish }: FileWish & { readonly file?: string }): Promise<void> {
  const text = configText(kind, wish);
  if (file === undefined) process.stdout.write(text);
  else await writeFile(file, text);
}
