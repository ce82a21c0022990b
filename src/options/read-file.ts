/** Files of the operator, read whole and bounded, with a plain line for everything that can be wrong. */
import { readFileSync, statSync } from 'node:fs';

const MEGABYTE = 1024 * 1024;
/** A config file of 10,000 keys has about 1 MB. */
const MOST_BYTES = 5 * MEGABYTE;

export type FileResult = { readonly bytes: Uint8Array } | { readonly fault: string };
export type FileReader = (path: string) => FileResult;

const WORDS: Partial<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ENOTDIR: 'does not exist: a part of its path is not a directory',
  ELOOP: 'is a symbolic link to itself',
  ENAMETOOLONG: 'has too long a name',
};

/** The bytes of a regular file of at most 5 MB. Pipes and devices are refused: they may never end. */
export function readBoundedFile(path: string): FileResult {
  try {
    const found = statSync(path);
    if (found.isDirectory()) return { fault: 'is a directory, not a file' };
    if (!found.isFile()) return { fault: 'is not a regular file' };
    if (found.size > MOST_BYTES) return { fault: `is larger than ${MOST_BYTES / MEGABYTE} MB` };
    return { bytes: readFileSync(path) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    return { fault: WORDS[code] ?? 'cannot be read' };
  }
}
