/** Which connections a process holds, from /proc: so that it is known exactly whose streams end with it. Linux, IPv4. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Ports of the clients whose connections to `port` this process holds. */
export function clientPortsOf(pid: number, port: number): Set<number> {
  const inodes = socketInodesOf(pid);
  const ports = new Set<number>();
  for (const line of read(`/proc/${pid}/net/tcp`).split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [, local = '', remote = ''] = fields;
    if (portOf(local) === port && inodes.has(fields[9] ?? '')) ports.add(portOf(remote));
  }
  return ports;
}

function socketInodesOf(pid: number): Set<string> {
  const inodes = new Set<string>();
  for (const name of list(`/proc/${pid}/fd`)) {
    const inode = /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${name}`))?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

/** `0100007F:1F90` → 8080. */
function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
