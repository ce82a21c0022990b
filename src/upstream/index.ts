import type { UpstreamTransport } from '../config.js';
import { createSocketUpstream, type SocketOptions } from './socket.js';
import { createUndiciUpstream } from './undici.js';
import type { Upstream } from './upstream.js';

/** Connections to one origin. */
export function createUpstream(origin: string, transport: UpstreamTransport, options: SocketOptions): Upstream {
  return transport === 'undici' ? createUndiciUpstream(origin, options) : createSocketUpstream(origin, options);
}
