/**
 * A connection given to Node's HTTP server for good, as if it had accepted it a moment ago: with the bytes that were read of
 * it put back in front of those to come (`'connection'` may be emitted with any stream, says the documentation of node:http).
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Gives a socket without listeners to the server. `ended`: its client's side has ended behind `unread`. */
export type HandOver = (socket: Socket, unread?: Buffer, ended?: boolean) => void;

/** From now on the server sees only those connections that it is given; its own listeners must be in place. */
export function takeConnections(server: Server): HandOver {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  return (socket, unread, ended = false) => {
    // Paused, or the bytes would be lost on a socket that flows without a listener.
    socket.pause();
    if (unread !== undefined && !ended) socket.unshift(unread);
    for (const listen of listeners) listen.call(server, socket);
    // A stream takes nothing back behind its end: the listeners are told as it would have told them.
    if (unread !== undefined && ended) socket.emit('data', unread);
    if (ended) socket.emit('end');
    socket.resume();
  };
}
