/**
 * How many workers this start will most likely want, told before the options are read: a wrong guess costs a process
 * that is started and ended, or one started a little later. It looks, and judges nothing; that is for the options.
 */
import { readFileSync, statSync } from 'node:fs';

/** More of them would only wait for each other. */
const MOST = 16;
/** Bytes; a larger file is not read twice. */
const LARGEST_FILE = 1024 * 1024;
/** Flags after which nothing is served. */
const NO_SERVICE = new Set(['--check', '--help', '-h', '--version']);

export interface StartSigns {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `auto` stands for. */
  readonly parallelism: number;
}

/** 0 where none are wanted or the signs are unclear. */
export function expectedWorkers({ argv, env, parallelism }: StartSigns): number {
  if (argv.some((argument) => NO_SERVICE.has(argument))) return 0;
  const file = flag(argv, 'config') ?? (env.GATEWAY_CONFIG || undefined);
  const wanted = flag(argv, 'workers') ?? (env.WORKERS || undefined) ?? (file === undefined ? 'auto' : inFile(file));
  const count = wanted === 'auto' ? parallelism : Number(wanted);
  return Number.isInteger(count) ? Math.max(0, Math.min(count, MOST)) : 0;
}

/** `--name value` or `--name=value`. */
function flag(argv: readonly string[], name: string): string | undefined {
  const at = argv.findIndex((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`));
  return at < 0 ? undefined : (argv[at]?.split('=')[1] ?? argv[at + 1]);
}

/** The first `workers:` of the file with a plain value; `auto` if there is none. A file that cannot be read will serve nothing. */
function inFile(file: string): string | undefined {
  try {
    if (statSync(file).size > LARGEST_FILE) return undefined;
    const [, value] = /^[^#\n]*?\bworkers['"]?:\s*(.*)$/m.exec(readFileSync(file, 'utf8')) ?? [];
    return value === undefined ? 'auto' : /^(auto|\d+)\b/.exec(value)?.[1];
  } catch {
    return undefined;
  }
}
