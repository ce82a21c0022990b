import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CallFrame } from './self-time.js';

/** Names where a frame stands in the sources, by the maps that lie beside the built files. */
export class SourcePlaces {
  readonly #maps = new Map<string, SourceMap | undefined>();

  /** `src/http/lane.ts:12` from 1; a file without a map by its own name; '' for what has no file. */
  placeOf = ({ url, lineNumber, columnNumber }: CallFrame): string => {
    if (!url.startsWith('file:')) return url;
    const file = fileURLToPath(url);
    const entry = this.#mapOf(file)?.findEntry(lineNumber, columnNumber);
    if (!entry || !('originalSource' in entry)) return `${relative(process.cwd(), file)}:${lineNumber + 1}`;
    const source = resolve(dirname(file), entry.originalSource);
    return `${shortened(source)}:${entry.originalLine + 1}`;
  };

  #mapOf(file: string): SourceMap | undefined {
    if (!this.#maps.has(file)) this.#maps.set(file, readMap(`${file}.map`));
    return this.#maps.get(file);
  }
}

/** From the project's folder, wherever the build lies; of a package its name and file. */
function shortened(source: string): string {
  return /(?:src|workers|loadtest|node_modules)\/.*$/.exec(source)?.[0] ?? source;
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
