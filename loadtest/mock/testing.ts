/** What the mock's own tests start it and speak to it with: raw sockets, so that every byte and every kind of end shows. */
import { connect } from 'node:net';
import { parseMockOptions } from './options.js';
import { type RunningMock, startSingle } from './single.js';

interface Cleaner {
  teardown(what: () => unknown): void;
}

/** A mock in this process on a free port, stopped when the test ends. */
export async function startMock(t: Cleaner, ...flags: string[]): Promise<RunningMock> {
  const mock = await startSingle(parseMockOptions(['--port=0', '--drain=0', ...flags], {}));
  t.teardown(() => mock.stop());
  return mock;
}

/** What came back on one connection. `reads` are the pieces as they came, latin1. */
export interface Conversation {
  text: string;
  reads: string[];
  end: 'fin' | 'reset' | 'open';
}

export interface SendOptions {
  path?: string;
  method?: string;
  headers?: string[];
  /** How long to listen when the other side does not close, milliseconds. */
  listenMs?: number;
  /** Sent right behind the request, as it is. */
  trailer?: string;
  /** Stop listening when the text contains this. */
  until?: string;
}

/** Sends one request and listens until the connection ends, `until` comes, or the time is over. */
export function converse(port: number, body: string | object, options: SendOptions = {}): Promise<Conversation> {
  const { path = '/v1/chat/completions', method = 'POST', headers = [], listenMs = 10_000, until, trailer = '' } = options;
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const head = [`${method} ${path} HTTP/1.1`, 'Host: mock', `Content-Length: ${Buffer.byteLength(payload)}`, ...headers];
  return new Promise((resolve) => {
    const conversation: Conversation = { text: '', reads: [], end: 'open' };
    const socket = connect({ port, host: '127.0.0.1' });
    const over = (end: Conversation['end']) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ...conversation, end });
    };
    const timer = setTimeout(() => over('open'), listenMs);
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => {
      conversation.text += piece;
      conversation.reads.push(piece);
      if (until !== undefined && conversation.text.includes(until)) over('open');
    });
    socket.on('end', () => over('fin'));
    socket.on('error', () => over('reset'));
    socket.write(`${head.join('\r\n')}\r\n\r\n${payload}${trailer}`);
  });
}

/** The end of a chunked body. */
export const CHUNKED_END = '0\r\n\r\n';

/** The chunks of a chunked answer; a cut-off last one is left out. */
export function chunksOf(text: string): string[] {
  const chunks: string[] = [];
  let at = text.indexOf('\r\n\r\n') + 4;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    const length = lineEnd < 0 ? Number.NaN : Number.parseInt(text.slice(at, lineEnd), 16);
    if (!(length > 0) || text.length < lineEnd + 2 + length) return chunks;
    chunks.push(text.slice(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
}

/** The data of each event in an answer, chunked or not. */
export function eventsOf(text: string): string[] {
  const chunked = /^transfer-encoding: chunked/im.test(text);
  const body = chunked ? chunksOf(text).join('') : text.slice(text.indexOf('\r\n\r\n') + 4);
  return [...body.matchAll(/^data: (.*?)\r?\n\r?\n/gms)].map((match) => match[1] as string);
}

// biome-ignore lint/suspicious/noExplicitAny: an answer of the mock, whose shape is what the tests are about
export async function getJson(port: number, path: string, method = 'GET', body?: object): Promise<any> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  return response.json();
}

/** Asks until the answer passes, 20 s at most; then gives the last one. */
export async function eventually<Value>(ask: () => Promise<Value>, passes: (value: Value) => boolean): Promise<Value> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const value = await ask();
    if (passes(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
