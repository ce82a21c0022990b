/** What flags and environment say in place of the file, checked like the file's own options. */
import type { FaultList } from './fault.js';
import type { Flags } from './flags.js';
import { autoOr, choice, type Kind, wholeNumber } from './kinds.js';
import type { Environment } from './substitute.js';
import { host as hostKind, storeUrl } from './texts.js';

export interface Overrides {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly workers?: number | 'auto';
  readonly storeUrl?: string;
}

const LOG_LEVEL = choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent');
const PORT = wholeNumber(0, 65_535);
const WORKERS = autoOr(wholeNumber(0, 256));

/** Flag before environment. A variable that is set but empty counts as not set, as compose files write it. */
export function readOverrides(flags: Flags, environment: Environment, faults: FaultList): Overrides {
  const read = <Value>(kind: Kind<Value>, flag: '--host' | '--port' | '--workers', variable: string): Value | undefined => {
    const given = flags[flag.slice(2) as 'host' | 'port' | 'workers'];
    return given !== undefined ? readAs(kind, given, flag, faults) : readAs(kind, environment[variable], variable, faults);
  };
  readAs(LOG_LEVEL, environment.LOG_LEVEL, 'LOG_LEVEL', faults);
  return {
    config: flags.config ?? (environment.GATEWAY_CONFIG || undefined),
    host: read(hostKind, '--host', 'HOST'),
    port: read(PORT, '--port', 'PORT'),
    workers: read(WORKERS, '--workers', 'WORKERS'),
    storeUrl: readAs(storeUrl, environment.REDIS_URL, 'REDIS_URL', faults),
  };
}

function readAs<Value>(kind: Kind<Value>, text: string | undefined, path: string, faults: FaultList): Value | undefined {
  if (text === undefined || text === '') return undefined;
  const value = kind.read(text);
  if (value === undefined) faults.add(path, `must be ${kind.expects}`);
  return value;
}
