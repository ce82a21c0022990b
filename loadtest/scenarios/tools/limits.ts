/** What this machine lets one process have. */
import { readFileSync } from 'node:fs';

/** Open files of this process and of those that it starts (Node raises the soft limit to the hard one by itself). */
export function openFilesLimit(): number {
  const [, , hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(read('/proc/self/limits')) ?? [];
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

/** Connections that one address can open to one other. */
export function portsForConnections(): number {
  const [from = 32_768, to = 60_999] = read('/proc/sys/net/ipv4/ip_local_port_range').trim().split(/\s+/).map(Number);
  return to - from + 1;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
