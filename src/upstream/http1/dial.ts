/**
 * Opens sockets to one origin. All of a process read into one buffer, which is handed on as text before the next read
 * begins: no allocation a read (Node's default is a 64 KB block each), no buffer a connection.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Origin {
  readonly secure: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** The value of the Host header. */
  readonly authority: string;
}

const SHARED_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** @param url scheme, host and port */
export function readOrigin(url: string): Origin {
  const { protocol, hostname, port, host } = new URL(url);
  const secure = protocol === 'https:';
  return { secure, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (secure ? 443 : 80)), authority: host };
}

export class Dialer {
  readonly origin: Origin;
  /** The last TLS session, so that further connections skip the key exchange. */
  #session: Buffer | undefined;

  constructor(origin: Origin) {
    this.origin = origin;
  }

  /** A socket under way; `onRead` gets each read as latin1 text and answers whether to read on. */
  dial(onRead: (text: string) => boolean): Socket {
    const { secure, host, port } = this.origin;
    const callback = (length: number): boolean => onRead(SHARED_BUFFER.toString('latin1', 0, length));
    const options = { host, port, noDelay: true, keepAlive: true, onread: { buffer: SHARED_BUFFER, callback } };
    if (!secure) return connectTcp(options);
    const servername = isIP(host) === 0 ? host : '';
    const socket = connectTls({ ...options, servername, ALPNProtocols: ['http/1.1'], session: this.#session });
    socket.on('session', (session) => {
      this.#session = session;
    });
    return socket;
  }
}
