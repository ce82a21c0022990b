import { connect, type Socket } from 'node:net';

/** What comes on a connection. */
export interface Listener {
  /** A read; its bytes are only good until this returns. */
  read(bytes: Buffer): void;
  /** The connection is over, however it ended. */
  closed(): void;
}

/** All reads of the process go through one buffer: the callback is done with it before the next read begins. */
const READ_BUFFER = Buffer.alloc(64 * 1024);

/** A bare socket that reads without streams and allocations, so that thousands of them cost little. */
export function openConnection(origin: string, listener: Listener): Socket {
  const { hostname, port } = new URL(origin);
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    onread: {
      buffer: READ_BUFFER,
      callback: (length) => {
        listener.read(READ_BUFFER.subarray(0, length));
        return true;
      },
    },
  });
  socket.on('error', () => {});
  socket.once('close', () => listener.closed());
  return socket;
}
