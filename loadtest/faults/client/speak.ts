/** HTTP by hand over a bare socket: bytes that no client library would send, and answers that none would show. */
import { connect, type Socket } from 'node:net';
import { PATIENCE } from '../expect.js';

export interface Heard {
  /** All bytes, latin1. */
  readonly text: string;
  /** Status of the first answer that is no interim one, 0 for none. */
  readonly status: number;
  /** Who ended it: the gateway properly, with a reset, or nobody within the time. */
  readonly end: 'fin' | 'reset' | 'open';
  readonly ms: number;
}

export interface SpeakOptions {
  /** How long to listen when the other side does not close, milliseconds. Default: 5 000. */
  readonly patience?: number;
  /** Stop listening once this holds. */
  readonly until?: (text: string) => boolean;
  /** Half-close behind the last byte. */
  readonly finish?: boolean;
  readonly onOpen?: (socket: Socket) => void;
}

/** Sends latin1 `bytes` and listens until the connection ends, `until` holds, or time is over. */
export function speak(port: number, bytes: string | Buffer, options: SpeakOptions = {}): Promise<Heard> {
  const { until, finish = false } = options;
  const patience = (options.patience ?? 5_000) * PATIENCE;
  return new Promise((resolve) => {
    let text = '';
    const began = performance.now();
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const over = (end: Heard['end']): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, end, status: Number(/HTTP\/1\.[01] ([2-5]\d\d)/.exec(text)?.[1] ?? 0), ms: performance.now() - began });
    };
    const timer = setTimeout(() => over('open'), patience);
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => {
      text += piece;
      if (until?.(text)) over('open');
    });
    socket.on('end', () => over('fin'));
    socket.on('error', () => over('reset'));
    socket.write(bytes, 'latin1' as BufferEncoding);
    options.onOpen?.(socket);
    if (finish) socket.end();
  });
}

/** A chat request as bytes. */
export function requestBytes(
  model: string,
  { headers = [] as string[], body, path = '/v1/chat/completions', method = 'POST', stream = false, close = true } = {} as {
    headers?: string[];
    body?: string;
    path?: string;
    method?: string;
    stream?: boolean;
    close?: boolean;
  },
): string {
  const text = body ?? JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'raw question' }] });
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: gateway',
    'Content-Type: application/json',
    `Content-Length: ${text.length}`,
  ];
  return `${[...head, ...(close ? ['Connection: close'] : []), ...headers].join('\r\n')}\r\n\r\n${text}`;
}
