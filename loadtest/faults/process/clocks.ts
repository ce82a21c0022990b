/** Clocks of a gateway that a row can set: JavaScript's own, and the system's as its processes see it, where libfaketime is installed. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.js';
import { signal } from '../children.js';
import type { GatewayProcess } from '../gateway-process.js';
import { wayIn } from './ways-in.js';

export interface SetClock {
  readonly name: string;
  /** For the gateway's start. */
  readonly env: NodeJS.ProcessEnv;
  strike(gateway: GatewayProcess): void;
}

const HOUR_S = 3_600;

export function clocksOf(bench: Bench): SetClock[] {
  const own = (['clock-forward', 'clock-back'] as const).map((fault) => ({
    name: fault,
    env: wayIn(bench, fault),
    strike: (gateway: GatewayProcess) => {
      for (const pid of [gateway.pid, ...gateway.workers()]) signal(pid, 'SIGWINCH');
    },
  }));
  const library = preloadable();
  return library === undefined ? own : [...own, systemClock(bench, library, HOUR_S), systemClock(bench, library, -HOUR_S)];
}

/** As a system's clock is set: the monotonic one goes on. */
function systemClock(bench: Bench, library: string, seconds: number): SetClock {
  const name = `system-clock-${seconds > 0 ? 'forward' : 'back'}`;
  const file = join(bench.folder(), name);
  writeFileSync(file, '+0\n');
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    DONT_FAKE_MONOTONIC: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  return { name, env, strike: () => writeFileSync(file, `${seconds > 0 ? '+' : ''}${seconds}\n`) };
}

/** Debian keeps it below the machine's own library folder. */
function preloadable(): string | undefined {
  const folders = ['/usr/lib', ...readdirSync('/usr/lib').map((name) => join('/usr/lib', name))];
  return folders.map((folder) => join(folder, 'faketime', 'libfaketimeMT.so.1')).find((file) => existsSync(file));
}
