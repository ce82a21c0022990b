/** The dashboard's files, as they lie in `page/`: beside this source, or beside the bundle. */
import { existsSync, readFileSync } from 'node:fs';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
/** What may be asked for; nothing else is ever opened. */
const NAMES = [
  'page.html',
  'page.css',
  'logo.svg',
  'main.js',
  'access.js',
  'actions.js',
  'charts.js',
  'credentials.js',
  'feed.js',
  'format.js',
  'tables.js',
  'table.js',
] as const;

export interface Asset {
  readonly type: string;
  readonly text: string;
}

/** Reads every file once; call when the first page is asked for. */
export function readAssets(): ReadonlyMap<string, Asset> {
  const folder = ['./page/', '../page/']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(new URL('page.html', url)));
  if (folder === undefined) throw new Error('The dashboard files are missing beside the program.');
  return new Map(
    NAMES.map((name) => [
      name,
      { type: TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'text/plain', text: readFileSync(new URL(name, folder), 'utf8') },
    ]),
  );
}
