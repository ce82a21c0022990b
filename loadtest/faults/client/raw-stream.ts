/** A client on a bare socket that reads as it is told and leaves as rudely as it likes. */
import { connect, type Socket } from 'node:net';
import { CANARIES } from '../canary.js';
import { until } from '../expect.js';
import { type AskWish, bodyOf, PATHS } from './ask.js';

export class RawStream {
  readonly socket: Socket;
  /** All bytes so far, latin1; '' where they are not kept. */
  text = '';
  bytes = 0;
  ended: 'fin' | 'reset' | undefined;

  /** `reads: false`: not a byte is taken off the socket. `keep: false`: they are counted only. */
  constructor(port: number, wish: AskWish, { reads = true, keep = true } = {}) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    if (!reads) this.socket.pause();
    else
      this.socket.on('data', (piece: Buffer) => {
        this.bytes += piece.length;
        if (keep) this.text += piece.toString('latin1');
      });
    this.socket.on('end', () => {
      this.ended ??= 'fin';
    });
    this.socket.on('error', () => {
      this.ended ??= 'reset';
    });
    this.socket.on('close', () => {
      this.ended ??= 'reset';
    });
    this.socket.write(rawRequest(wish));
  }

  /** Waits until these bytes have come. */
  async has(text: string): Promise<void> {
    await until(`the client has ${JSON.stringify(text)}`, () => this.text.includes(text));
  }

  leave(how: 'fin' | 'reset'): void {
    if (how === 'reset') this.socket.resetAndDestroy();
    else this.socket.destroy();
  }
}

/** The bytes of a request as `ask` would send it, on a connection that may be kept. */
export function rawRequest(wish: AskWish, ...more: string[]): string {
  const { form = 'chat', key = CANARIES.clientKey, headers = {} } = wish;
  const body = JSON.stringify(bodyOf(wish));
  const lines = [
    `POST ${PATHS[form]} HTTP/1.1`,
    'Host: gateway',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    form === 'messages' ? `x-api-key: ${key}` : `Authorization: Bearer ${key}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...more,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
