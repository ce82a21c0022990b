import type { UpstreamTransport } from '../config.js';
import { LateUpstream } from './late-upstream.js';
import { createSocketUpstream, type SocketOptions } from './socket.js';
import type { Upstream } from './upstream.js';

/** Connections to one origin. */
export function createUpstream(origin: string, transport: UpstreamTransport, options: SocketOptions): Upstream {
  if (transport === 'socket') return createSocketUpstream(origin, options);
  return new LateUpstream(import('./undici.js').then(({ createUndiciUpstream }) => createUndiciUpstream(origin, options)));
}
