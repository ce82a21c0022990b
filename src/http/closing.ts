/**
 * Connections whose last answer is decided. Two things that Node does not do for them:
 *
 * - It hands out the requests that a client pipelined behind a refused one before it closes the connection. None of
 *   them may reach an upstream: their answers would go nowhere, and where they begin was the refused client's choice.
 * - It closes at once, which resets a connection on which the client still sends; a reset overtakes the answer, so the
 *   client never learns why (eight of twenty 413s with a body of 8 MB were lost, measured over loopback).
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** How long the rest of a refused body is read and thrown away: milliseconds. */
const LINGER = 2_000;

const closing = new WeakSet<Socket>();

/** The answer to this request, which says `connection: close`, is the connection's last. Call it before the answer ends. */
export function closeAfter(request: IncomingMessage): void {
  const { socket } = request;
  closing.add(socket);
  // Node's server calls this once the last answer is written.
  if (isBodyToCome(request)) socket.destroySoon = () => linger(request, socket);
}

/** Nothing that comes on this connection is served any more, and it is gone before long. */
export function closeSoon(socket: Socket): void {
  closing.add(socket);
  const timer = setTimeout(() => socket.destroy(), LINGER).unref();
  socket.once('close', () => clearTimeout(timer));
}

/** Whether the client may still be sending. `complete` alone will not tell: it is false until the listener has returned. */
export function isBodyToCome({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);
}

/** Whether this request came behind the last one that is answered. */
export function isClosing(request: IncomingMessage): boolean {
  return closing.has(request.socket);
}

/** Half-closes behind the answer and reads on until the body or the time is over. */
function linger(request: IncomingMessage, socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => clearTimeout(timer));
  request.once('end', () => socket.destroy());
  request.resume();
  socket.end();
}
