/** Three primaries with a replica each on loopback: what `redis-cluster://` leads to. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type RedisProcess, serverOn } from './redis-process.js';

const PRIMARIES = 3;
const SLOTS = 16_384;
/** Silence after which the nodes call one of them down. Milliseconds. */
const NODE_TIMEOUT = 1_500;
const PATIENCE = 30_000;

interface Node {
  readonly id: string;
  readonly port: number;
  readonly flags: string;
  readonly slots: readonly string[];
}

export class ClusterGroup {
  readonly #servers: readonly RedisProcess[];
  readonly #folder: string;

  constructor(servers: readonly RedisProcess[], folder: string) {
    this.#servers = servers;
    this.#folder = folder;
  }

  /** As in `store.url`; names the primaries of the start. */
  get url(): string {
    return `redis-cluster://${this.#servers
      .slice(0, PRIMARIES)
      .map(({ address }) => address)
      .join(',')}`;
  }

  get servers(): readonly RedisProcess[] {
    return this.#servers;
  }

  /** Whoever serves the slot of this key now. */
  async holder(key: string): Promise<RedisProcess> {
    for (const server of this.#servers) {
      const slot = Number(await server.command('CLUSTER', 'KEYSLOT', key).catch(() => NaN));
      if (Number.isNaN(slot)) continue;
      const holder = (await nodesOf(server)).find(
        (node) => node.flags.includes('master') && !node.flags.includes('fail') && holds(node, slot),
      );
      const found = this.#servers.find(({ port }) => port === holder?.port);
      if (found) return found;
    }
    throw new Error('no primary serves the slot');
  }

  /** Waits until another primary than `old` serves the slot of this key and every node that lives says that all is well. */
  async failedOver(key: string, old: RedisProcess): Promise<RedisProcess> {
    let holder = old;
    await until('no replica took over', async () => {
      holder = await this.holder(key);
      return holder !== old && (await this.#agree(this.#servers.filter((server) => server !== old)));
    });
    return holder;
  }

  async settled(): Promise<void> {
    await until('the nodes do not agree', () => this.#agree(this.#servers));
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) server.thaw();
    await Promise.all(this.#servers.map((server) => server.kill()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #agree(servers: readonly RedisProcess[]): Promise<boolean> {
    const infos = await Promise.all(servers.map((server) => server.command('CLUSTER', 'INFO').catch(() => '')));
    return infos.every((info) => info.includes('cluster_state:ok'));
  }
}

export async function startClusterGroup(): Promise<ClusterGroup> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-cluster-'));
  const servers: RedisProcess[] = [];
  for (let index = 0; index < 2 * PRIMARIES; index++) servers.push(await startNode(folder));
  const [first, ...others] = servers as [RedisProcess, ...RedisProcess[]];
  for (const [index, server] of servers.slice(0, PRIMARIES).entries()) {
    const from = Math.floor((SLOTS * index) / PRIMARIES);
    await server.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(Math.floor((SLOTS * (index + 1)) / PRIMARIES) - 1));
  }
  for (const [index, server] of servers.entries()) await server.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
  for (const other of others) await first.command('CLUSTER', 'MEET', '127.0.0.1', String(other.port));
  await follow(servers);
  const group = new ClusterGroup(servers, folder);
  await group.settled();
  return group;
}

async function startNode(folder: string): Promise<RedisProcess> {
  const port = await freePort();
  return serverOn(port, [
    ...['--cluster-enabled', 'yes', '--cluster-config-file', join(folder, `nodes-${port}.conf`)],
    ...['--cluster-announce-ip', '127.0.0.1', '--cluster-node-timeout', String(NODE_TIMEOUT)],
    ...['--cluster-replica-validity-factor', '0', '--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0'],
  ]).answering();
}

/** The later half are replicas of the earlier one, and have their copy. */
async function follow(servers: readonly RedisProcess[]): Promise<void> {
  for (const [index, replica] of servers.slice(PRIMARIES).entries()) {
    const primary = servers[index] as RedisProcess;
    const id = await primary.command('CLUSTER', 'MYID');
    await until('a node is not known', async () => (await replica.command('CLUSTER', 'NODES')).includes(id));
    await until('a replica does not follow', async () => (await replica.command('CLUSTER', 'REPLICATE', id)) === 'OK');
    await until('a replica has no copy', async () => (await primary.command('INFO', 'replication')).includes('state=online'));
  }
}

async function nodesOf(server: RedisProcess): Promise<Node[]> {
  const text = await server.command('CLUSTER', 'NODES');
  return text.split('\n').map((line) => {
    const [id = '', address = '', flags = '', , , , , , ...slots] = line.split(' ');
    return { id, port: Number(/:(\d+)@/.exec(address)?.[1]), flags, slots };
  });
}

function holds({ slots }: Node, slot: number): boolean {
  return slots.some((range) => {
    const [from = NaN, to = from] = range.split('-').map(Number);
    return from <= slot && slot <= to;
  });
}

async function until(complaint: string, condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > end) throw new Error(complaint);
    await sleep(50);
  }
}
