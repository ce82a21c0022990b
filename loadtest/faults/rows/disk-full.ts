/** P: the disk that the log is written to is full. A small file system of its own where we may mount one, else the device that is always full. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { signal } from '../children.js';
import { ask } from '../client/ask.js';
import { Load } from '../client/load.js';
import { equal, ok, until } from '../expect.js';
import { modelsFor } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import { type FaultRow, pass } from '../row.js';

const KILOBYTES = 256;

/** Where the log goes; `fill` takes all the room there is, `free` gives it back. Without a file system of its own both do nothing. */
class SmallDisk {
  readonly log: string;
  readonly isOwn: boolean;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tidegate-full-'));

  constructor(bench: Bench) {
    this.isOwn = mounts(this.#folder);
    this.log = this.isOwn ? join(this.#folder, 'log') : '/dev/full';
    bench.onEnd(() => this.#remove());
  }

  fill(): void {
    try {
      while (this.isOwn) appendFileSync(this.#filler, Buffer.alloc(512, 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  free(): void {
    rmSync(this.#filler, { force: true });
  }

  get #filler(): string {
    return join(this.#folder, 'filler');
  }

  #remove(): void {
    if (this.isOwn) execFileSync('umount', ['--lazy', this.#folder]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Root may; in a container it seldom may. */
function mounts(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${KILOBYTES}k`, 'tidegate-fault', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Something for the log: a reload. */
async function talk(gateway: GatewayProcess, times: number): Promise<void> {
  for (let round = 0; round < times; round++) {
    signal(gateway.pid, 'SIGHUP');
    await sleep(60);
  }
}

export const DISK_FULL_ROWS: readonly FaultRow[] = [
  {
    id: 'P16',
    title: 'the disk is full that the log is written to',
    promise: 'Serving goes on, workers are replaced, and it ends in order; with room again the log goes on.',
    length: 'quick',
    needs: ['own-gateway', 'linux'],
    alone: true,
    boundSeconds: 120,
    async run(bench) {
      const disk = new SmallDisk(bench);
      const gateway = await bench.startGateway(
        { models: modelsFor('p16', { forms: ['chat'], credentials: 3 }) },
        { wrapper: ['sh', '-c', `exec "$0" "$@" 2>>${disk.log}`] },
      );
      disk.fill();
      const load = new Load(gateway.origin, { rate: 60, wishes: [{ model: 'p16-chat' }, { model: 'p16-chat', stream: true }] });
      await talk(gateway, 10);
      const before = gateway.workers();
      signal(gateway.pid, 'SIGUSR2');
      await until(
        'all workers are new',
        () => {
          const now = gateway.workers();
          return now.length === before.length && !now.some((pid) => before.includes(pid));
        },
        40_000,
      );
      if (disk.isOwn) await goesOn(gateway, disk);
      disk.fill();
      const report = await load.stop();
      equal(report.lost.length, 0, `requests lost (${report.lost[0]})`);
      equal((await ask(gateway.origin, { model: 'p16-chat' })).outcome, 'complete', 'a last request');
      signal(gateway.pid, 'SIGTERM');
      equal((await gateway.exit).code, 0, 'the exit code');
      return pass('served on and ended in order', {
        requests: report.asked,
        disk: disk.isOwn ? 'full, free, full' : '/dev/full',
      });
    },
  },
];

async function goesOn(gateway: GatewayProcess, disk: SmallDisk): Promise<void> {
  const size = statSync(disk.log).size;
  disk.free();
  await until('the log goes on', async () => {
    await talk(gateway, 1);
    return statSync(disk.log).size > size;
  });
  const lines = readFileSync(disk.log, 'utf8').trimEnd().split('\n');
  const newest = lines.at(-1) ?? '';
  ok(newest.startsWith('{') && newest.endsWith('}'), `the newest line is whole: ${newest.slice(0, 80)}`);
}
