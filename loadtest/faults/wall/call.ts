/** One request that reached the wall, with the hands to answer it as badly as a row wants; kept in the wall's log. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Form } from '../gateway-config.js';
import { type ErrorWish, errorBody, Script, TOKENS, tokensOf, wholeBody } from './answers.js';
import type { WallRequest } from './request.js';

export class Call {
  readonly request: WallRequest;
  readonly upstream: string;
  readonly form: Form;
  readonly socket: Socket;
  /** Which connection of the wall, and which request of it; from 0. */
  readonly connection: number;
  readonly turn: number;
  /** When it had come, `performance.now()`. */
  readonly at = performance.now();
  /** When the other side was gone, or the answer complete; absent: still open. */
  endedAt: number | undefined;
  /** `aborted`: the gateway closed before the answer was complete. */
  outcome: 'open' | 'completed' | 'aborted' | 'broken' = 'open';
  #chunked = false;
  #json: Record<string, unknown> | undefined;

  constructor(parts: { request: WallRequest; upstream: string; form: Form; socket: Socket; connection: number; turn: number }) {
    this.request = parts.request;
    this.upstream = parts.upstream;
    this.form = parts.form;
    this.socket = parts.socket;
    this.connection = parts.connection;
    this.turn = parts.turn;
  }

  /** What the request's key ends with: `k` and the credential's number. */
  get credential(): string {
    return `k${/-(\d+)$/.exec(this.key)?.[1] ?? '?'}`;
  }

  get key(): string {
    const { headers } = this.request;
    return headers['x-api-key'] ?? (headers.authorization ?? '').replace('Bearer ', '');
  }

  /** The id by which the client's view and this one are joined. */
  get requestId(): string {
    return this.request.headers['x-request-id'] ?? '';
  }

  get json(): Record<string, unknown> {
    this.#json ??= parse(this.request.body);
    return this.#json;
  }

  get streamed(): boolean {
    return this.json.stream === true;
  }

  /** Bytes as they are, latin1. False: the kernel takes no more for now. */
  raw(text: string): boolean {
    return !this.socket.destroyed && this.socket.write(text, 'latin1');
  }

  head(status: number, fields: readonly string[]): void {
    this.raw(`${[`HTTP/1.1 ${status} Wall`, ...fields].join('\r\n')}\r\n\r\n`);
  }

  /** A whole answer of known length. */
  answer(status: number, body: string, ...fields: string[]): void {
    const length = Buffer.byteLength(body);
    this.head(status, ['content-type: application/json', `content-length: ${length}`, ...fields]);
    this.socket.write(body);
    this.over('completed');
  }

  error(status: number, words: ErrorWish = {}, ...fields: string[]): void {
    this.answer(status, errorBody(this.form, status, words), ...fields);
  }

  /** The headers of a chunked event stream. */
  openStream(...fields: string[]): Script {
    this.#chunked = true;
    this.head(200, ['content-type: text/event-stream; charset=utf-8', 'transfer-encoding: chunked', ...fields]);
    return new Script(this.form);
  }

  /** A piece of the body, framed as the head has said. */
  chunk(text: string): boolean {
    return this.raw(this.#chunked ? `${text.length.toString(16)}\r\n${text}\r\n` : text);
  }

  endStream(): void {
    if (this.#chunked) this.raw('0\r\n\r\n');
    this.over('completed');
  }

  /** The fixed answer, whole or streamed as asked. `pause`: milliseconds between tokens. */
  async healthy({ tokens = TOKENS, pause = 0 } = {}): Promise<void> {
    if (!this.streamed) return this.answer(200, wholeBody(this.form, tokensOf(tokens).join('')));
    const script = this.openStream();
    if (pause === 0) this.chunk(script.whole(tokens));
    else await this.#paced(script, tokens, pause);
    this.endStream();
  }

  async #paced(script: Script, tokens: number, pause: number): Promise<void> {
    this.chunk(script.opening());
    for (let index = 0; index < tokens && !this.socket.destroyed; index++) {
      this.chunk(script.tokens(1, index));
      await sleep(pause);
    }
    this.chunk(script.closing(tokens) + script.done(tokens));
  }

  /** Closes with FIN, or with a reset. */
  hangUp(how: 'fin' | 'reset'): void {
    this.over('broken');
    if (how === 'reset') this.socket.resetAndDestroy();
    else this.socket.end();
  }

  over(outcome: 'completed' | 'aborted' | 'broken'): void {
    if (this.outcome !== 'open') return;
    this.outcome = outcome;
    this.endedAt = performance.now();
  }
}

function parse(body: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(body, 'latin1').toString('utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}
