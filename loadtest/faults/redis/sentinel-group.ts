/** One master, two replicas and three sentinels on loopback: what `redis+sentinel://` leads to. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, RedisProcess, serverOn } from './redis-process.js';

const REPLICAS = 2;
const SENTINELS = 3;
const MASTER = 'tidegate-master';
/** Silence after which a sentinel calls the master down. Milliseconds. */
const DOWN_AFTER = 1_000;
const PATIENCE = 30_000;

export class SentinelGroup {
  readonly #servers: readonly RedisProcess[];
  readonly #sentinels: readonly RedisProcess[];
  readonly #folder: string;

  constructor(servers: readonly RedisProcess[], sentinels: readonly RedisProcess[], folder: string) {
    this.#servers = servers;
    this.#sentinels = sentinels;
    this.#folder = folder;
  }

  /** As in `store.url`. */
  get url(): string {
    return `redis+sentinel://${this.#sentinels.map(({ address }) => address).join(',')}/${MASTER}`;
  }

  /** The server that the first sentinel which answers calls the master. */
  async master(): Promise<RedisProcess> {
    for (const sentinel of this.#sentinels) {
      const answer = await sentinel.command('SENTINEL', 'get-master-addr-by-name', MASTER).catch(() => '');
      const found = this.#servers.find(({ port }) => answer.split('\n')[1] === String(port));
      if (found) return found;
    }
    throw new Error('no sentinel names a master');
  }

  /** Waits until another server than `old` is called the master and takes writes. */
  async failedOver(old: RedisProcess): Promise<RedisProcess> {
    const end = performance.now() + PATIENCE;
    while (performance.now() < end) {
      const now = await this.master().catch(() => old);
      if (now !== old && (await now.command('ROLE').catch(() => '')).startsWith('master')) return now;
      await sleep(50);
    }
    throw new Error('the sentinels chose no new master');
  }

  /** Every replica follows and every sentinel knows the others. */
  async settled(): Promise<void> {
    await until(
      'the replicas do not follow',
      async () =>
        (await (await this.master()).command('ROLE')).split('online').length >= 0 && (await this.#followers()) === REPLICAS,
    );
    for (const sentinel of this.#sentinels)
      await until('the sentinels do not know each other', async () => {
        const others = await sentinel.command('SENTINEL', 'sentinels', MASTER);
        const replicas = await sentinel.command('SENTINEL', 'replicas', MASTER);
        return count(others, 'runid') === SENTINELS - 1 && count(replicas, 'master-link-status') === REPLICAS;
      });
  }

  async stop(): Promise<void> {
    for (const server of [...this.#servers, ...this.#sentinels]) server.thaw();
    await Promise.all([...this.#sentinels, ...this.#servers].map((server) => server.kill()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #followers(): Promise<number> {
    const info = await (await this.master()).command('INFO', 'replication');
    return count(info, 'state=online');
  }
}

export async function startSentinelGroup(): Promise<SentinelGroup> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-sentinel-'));
  const master = await serverOn(await freePort(), REPLICATION).answering();
  const servers = [master];
  for (let index = 0; index < REPLICAS; index++)
    servers.push(await serverOn(await freePort(), [...REPLICATION, '--replicaof', '127.0.0.1', String(master.port)]).answering());
  const sentinels: RedisProcess[] = [];
  for (let index = 0; index < SENTINELS; index++) sentinels.push(await startSentinel(folder, master.port));
  const group = new SentinelGroup(servers, sentinels, folder);
  await group.settled();
  return group;
}

/** The first copy of the data starts at once, from memory. */
const REPLICATION = ['--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];

async function startSentinel(folder: string, master: number): Promise<RedisProcess> {
  const port = await freePort();
  const file = join(folder, `sentinel-${port}.conf`);
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    'protected-mode no',
    `dir ${folder}`,
    `sentinel monitor ${MASTER} 127.0.0.1 ${master} 2`,
    `sentinel down-after-milliseconds ${MASTER} ${DOWN_AFTER}`,
    `sentinel failover-timeout ${MASTER} 3000`,
    `sentinel parallel-syncs ${MASTER} 2`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return new RedisProcess(port, [file, '--sentinel']).answering();
}

function count(text: string, word: string): number {
  return text.split(word).length - 1;
}

async function until(complaint: string, condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > end) throw new Error(complaint);
    await sleep(50);
  }
}
