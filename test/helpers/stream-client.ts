/** A client on a bare socket: sees each piece of an answer when it comes and how it ended, reads as slowly as it is told, leaves as rudely. */
import { connect, type Socket } from 'node:net';

/** How the connection, or the answer on it, ended. */
export type End = 'complete' | 'fin' | 'reset';

export interface StreamWish {
  readonly model: string;
  readonly stream?: boolean;
  readonly session?: string;
  readonly more?: object;
  /** The client's. */
  readonly key?: string;
}

let asked = 0;

export class StreamClient {
  readonly socket: Socket;
  /** When each piece of the body came, `performance.now()`, and how long the body was then. */
  readonly arrivals: { at: number; length: number }[] = [];
  /** Resolves when the answer is complete by its framing, or the connection is gone. */
  readonly ended: Promise<End>;
  #raw = '';
  #parsed = 0;
  #body: string[] = [];
  #bodyLength = 0;
  #settle!: (end: End) => void;

  constructor(port: number, { model, stream = true, session, more, key }: StreamWish) {
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const body = JSON.stringify({ model, stream, messages: [{ role: 'user', content: `stream question ${asked++}` }], ...more });
    const head = ['POST /v1/chat/completions HTTP/1.1', 'Host: gateway', `Content-Length: ${Buffer.byteLength(body)}`];
    if (key) head.push(`Authorization: Bearer ${key}`);
    if (session) head.push(`x-session-id: ${session}`);
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).setEncoding('latin1');
    this.socket.on('data', (piece: string) => this.#read(piece));
    this.socket.on('end', () => this.#settle('fin'));
    this.socket.on('error', () => this.#settle('reset'));
    this.socket.on('close', () => this.#settle('reset'));
    this.socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }

  /** Status line and headers, '' before they are complete. */
  get head(): string {
    const end = this.#raw.indexOf('\r\n\r\n');
    return end < 0 ? '' : this.#raw.slice(0, end);
  }

  get status(): number {
    return Number(this.head.split(' ')[1] ?? 0);
  }

  header(name: string): string | undefined {
    return new RegExp(`^${name}: (.*)$`, 'im').exec(this.head)?.[1]?.trim();
  }

  /** The body so far without its chunk framing, latin1. */
  get body(): string {
    if (this.#body.length > 1) this.#body = [this.#body.join('')];
    return this.#body[0] ?? '';
  }

  /** The whole answer, within `patience` milliseconds. */
  async whole(patience = 20_000): Promise<this> {
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`no end in time: ${this.head} ${this.body.slice(-300)}`)), patience).unref();
    });
    await Promise.race([this.ended, late]);
    return this;
  }

  /** Waits until the body has this text. */
  async has(text: string): Promise<void> {
    const end = performance.now() + 20_000;
    while (!this.body.includes(text)) {
      if (performance.now() > end) throw new Error(`never came: ${text} in ${this.body.slice(-300)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Closes politely (FIN both ways) or with a reset. */
  leave(how: 'fin' | 'reset'): void {
    if (how === 'reset') this.socket.resetAndDestroy();
    else this.socket.destroy();
  }

  #read(piece: string): void {
    this.#raw += piece;
    if (this.head === '') return;
    if (this.#parsed === 0) this.#parsed = this.head.length + 4;
    if (this.header('content-length') !== undefined) this.#readSized(Number(this.header('content-length')));
    else if (this.header('transfer-encoding') === undefined) this.#readSized(Number.POSITIVE_INFINITY);
    else this.#readChunks();
    this.arrivals.push({ at: performance.now(), length: this.#bodyLength });
  }

  #readSized(length: number): void {
    this.#take(this.#raw.slice(this.#parsed));
    this.#parsed = this.#raw.length;
    if (this.#bodyLength >= length) this.#settle('complete');
  }

  #readChunks(): void {
    for (;;) {
      const lineEnd = this.#raw.indexOf('\r\n', this.#parsed);
      if (lineEnd < 0) return;
      const length = Number.parseInt(this.#raw.slice(this.#parsed, lineEnd), 16);
      if (this.#raw.length < lineEnd + 2 + length + 2) return;
      this.#take(this.#raw.slice(lineEnd + 2, lineEnd + 2 + length));
      // What is read is let go of, so that megabytes cost what they weigh.
      const head = this.#raw.slice(0, this.head.length + 4);
      this.#raw = head + this.#raw.slice(lineEnd + 2 + length + 2);
      this.#parsed = head.length;
      if (length === 0) return this.#settle('complete');
    }
  }

  #take(text: string): void {
    this.#body.push(text);
    this.#bodyLength += text.length;
  }
}

/** The `data` of each event; comments left out. */
export function dataOf(body: string): string[] {
  return [...body.matchAll(/^data: ?(.*?)\r?$/gm)].map((match) => match[1] as string);
}

/** A series' value over the whole cluster: the sum of the samples whose labels contain `label`. */
export async function metric(adminUrl: string, name: string, label = ''): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const samples = text
    .split('\n')
    .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(label));
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
