import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** What comes on a connection. */
export interface Listener {
  /** A read; its bytes are only good until this returns. */
  read(bytes: Buffer): void;
  /** The connection is over, however it ended; with the code of the error, if there was one. */
  closed(errorCode: string): void;
}

/** All reads of the process go through one buffer: the callback is done with it before the next read begins. */
const READ_BUFFER = Buffer.alloc(64 * 1024);

/** A bare socket that reads without streams and allocations, so that thousands of them cost little. */
export function openConnection(origin: string, listener: Listener): Socket {
  const { hostname, port, protocol } = new URL(origin);
  const socket = protocol === 'https:' ? dialTls(hostname, port, listener) : dial(hostname, port, listener);
  let errorCode = '';
  socket.on('error', (error: NodeJS.ErrnoException) => {
    errorCode = error.code ?? error.message;
  });
  socket.once('close', () => listener.closed(errorCode));
  return socket;
}

function dial(hostname: string, port: string, listener: Listener): Socket {
  return connect({
    host: hostname,
    port: Number(port || 80),
    noDelay: true,
    onread: {
      buffer: READ_BUFFER,
      callback: (length) => {
        listener.read(READ_BUFFER.subarray(0, length));
        return true;
      },
    },
  });
}

/** Decrypted bytes come as streams have them; a certificate that is not known is an error like any other (NODE_EXTRA_CA_CERTS). */
function dialTls(hostname: string, port: string, listener: Listener): Socket {
  const socket = connectTls({ host: hostname, port: Number(port || 443), servername: hostname });
  return socket.setNoDelay(true).on('data', (bytes: Buffer) => listener.read(bytes));
}
