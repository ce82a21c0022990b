/** One request as a client library would send it, in each form, and one honest word for how it ended. */
import { type Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { CANARIES } from '../canary.js';
import { PATIENCE } from '../expect.js';
import type { Form } from '../gateway-config.js';
import { noteLeaks } from '../leaks.js';
import { HEALTHY_TEXT } from '../wall/answers.js';
import { readError, readStream, readWhole, type StreamRead } from './read-events.js';

/**
 * `complete`: the end was said, and the text is the fixed one. `wrong`: the end was said, the text is another. `error`: a status of 400 or more.
 * `in-band-error`: an error in the stream, no end said, the connection ended properly. `silent-end`: ended properly, neither end nor error said.
 * `cut`: the connection broke within the answer. `no-answer`: it broke before. `hung`: nothing more within the client's patience.
 */
export type Outcome = 'complete' | 'wrong' | 'error' | 'in-band-error' | 'silent-end' | 'cut' | 'no-answer' | 'hung';

export const PATHS: Readonly<Record<Form, string>> = {
  chat: '/v1/chat/completions',
  messages: '/v1/messages',
  responses: '/v1/responses',
};

export interface AskWish {
  readonly form?: Form;
  readonly model: string;
  readonly stream?: boolean;
  readonly key?: string;
  /** Sent as `x-session-id`. Absent: the prompt is its own session. */
  readonly session?: string;
  readonly prompt?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** More of the body. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Text that a complete answer must have; null: any. */
  readonly text?: string | null;
  /** Milliseconds after which it is hung. Default: 30 000. */
  readonly patience?: number;
  /** The answer is meant to give back what it was asked. */
  readonly echoes?: boolean;
  /** Absent: a connection of its own. */
  readonly agent?: Agent;
  readonly onText?: (piece: string) => void;
  /** Given the request once it is sent, to abort it or to watch its socket. */
  readonly onSent?: (sent: ClientRequest) => void;
}

export interface Answer {
  readonly outcome: Outcome;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Of a stream. */
  readonly read: StreamRead | undefined;
  /** Of an error status, when it has the form's shape. */
  readonly error: ReturnType<typeof readError>;
  /** By which the wall's view is joined. */
  readonly requestId: string;
  /** Milliseconds from sending until headers, and until the end. */
  readonly headersMs: number;
  readonly totalMs: number;
  /** What the client library said of a broken connection. */
  readonly fault?: string;
}

let asked = 0;

export function bodyOf({ form = 'chat', model, stream = false, prompt, more }: AskWish): Record<string, unknown> {
  const content = prompt ?? `${CANARIES.prompt} question ${asked++}`;
  const messages = [{ role: 'user', content }];
  if (form === 'responses') return { model, stream, input: content, ...more };
  return { model, stream, messages, ...(form === 'messages' && { max_tokens: 1000 }), ...more };
}

/** Never rejects: whatever happens is an outcome. */
export function ask(origin: string, wish: AskWish): Promise<Answer> {
  return new Promise((resolve) => new Asking(origin, wish, resolve));
}

class Asking {
  readonly #wish: AskWish;
  readonly #settle: (answer: Answer) => void;
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #sent: ClientRequest;
  #response: IncomingMessage | undefined;
  #headersMs = 0;
  #body = '';
  #over = false;

  constructor(origin: string, wish: AskWish, settle: (answer: Answer) => void) {
    this.#wish = wish;
    this.#settle = settle;
    this.#timer = setTimeout(() => this.#finish('hung'), (wish.patience ?? 30_000) * PATIENCE);
    const payload = JSON.stringify(bodyOf(wish));
    const url = origin + PATHS[wish.form ?? 'chat'];
    this.#sent = request(url, { method: 'POST', headers: headersOf(wish, payload), agent: wish.agent ?? false });
    this.#sent.on('response', (response) => this.#read(response));
    this.#sent.on('error', (error) => this.#finish(this.#response ? 'cut' : 'no-answer', error.message));
    this.#sent.end(payload);
    wish.onSent?.(this.#sent);
  }

  #read(response: IncomingMessage): void {
    this.#response = response;
    this.#headersMs = performance.now() - this.#began;
    response.setEncoding('utf8').on('data', (piece: string) => {
      this.#body += piece;
      this.#wish.onText?.(piece);
    });
    response.on('error', (error) => this.#finish('cut', error.message));
    response.on('end', () => this.#finish(this.#judge(response)));
  }

  #judge({ statusCode = 0, headers }: IncomingMessage): Outcome {
    const { form = 'chat', text: due = HEALTHY_TEXT } = this.#wish;
    if (statusCode >= 400) return 'error';
    const streamed = String(headers['content-type']).startsWith('text/event-stream');
    if (!streamed) {
      const text = readWhole(form, this.#body);
      if (text === undefined) return 'wrong';
      return due === null || text === due ? 'complete' : 'wrong';
    }
    const read = readStream(form, this.#body);
    if (read.error) return read.done || read.after > 0 ? 'wrong' : 'in-band-error';
    if (!read.done) return 'silent-end';
    return read.starts === 1 && (due === null || read.text === due) ? 'complete' : 'wrong';
  }

  #finish(outcome: Outcome, fault?: string): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    if (outcome === 'hung') this.#sent.destroy();
    const { form = 'chat' } = this.#wish;
    const headers = this.#response?.headers ?? {};
    const status = this.#response?.statusCode ?? 0;
    const streamed = String(headers['content-type']).startsWith('text/event-stream');
    if (this.#wish.echoes !== true) noteLeaks(`${this.#wish.model}: ${status}`, this.#body + JSON.stringify(headers));
    this.#settle({
      ...{ outcome, status, headers, body: this.#body, fault, headersMs: this.#headersMs },
      read: streamed ? readStream(form, this.#body) : undefined,
      error: status >= 400 ? readError(form, this.#body) : undefined,
      requestId: String(headers['x-request-id'] ?? ''),
      totalMs: performance.now() - this.#began,
    });
  }
}

function headersOf(
  { form = 'chat', key = CANARIES.clientKey, session, headers }: AskWish,
  payload: string,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(payload)),
    ...(form === 'messages' ? { 'x-api-key': key, 'anthropic-version': '2023-06-01' } : { authorization: `Bearer ${key}` }),
    ...(session !== undefined && { 'x-session-id': session }),
    ...headers,
  };
}

/** For a reason's text: how it ended, in a few words. */
export function tell({ outcome, status, error, read, fault, body }: Answer): string {
  const words = error?.message ?? read?.error?.message ?? fault ?? (outcome === 'complete' ? '' : body.slice(0, 120));
  return `${outcome}${status ? ` ${status}` : ''}${words ? ` (${words.slice(0, 140)})` : ''}`;
}
