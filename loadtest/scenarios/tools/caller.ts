/** One simulated client on a bare socket: a request at a time, its connection kept, and one honest word for how each ended. */
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { AnswerReader } from '../../bars/answer-reader.js';
import { openConnection } from '../../engine/connection.js';

/**
 * `ok`: 200 and whole, of a stream `[DONE]` too · `status`: another status · `unfinished`: ended by the rules of HTTP, but no `[DONE]` ·
 * `cut`: the connection broke in the answer · `no-answer`: it broke before · `hung`: nothing for longer than the client waits.
 */
export type Ending = 'ok' | 'status' | 'unfinished' | 'cut' | 'no-answer' | 'hung';

/** The bytes of a request (latin1) and whether its answer must be a finished stream. */
export interface CallRequest {
  readonly bytes: string;
  readonly stream: boolean;
  /** What stands in the last event of a whole stream. Default: `data: [DONE]`. */
  readonly endMark?: string;
}

/** Times in milliseconds; `startedAt` on `performance.now()`. */
export interface CallResult {
  readonly ending: Ending;
  readonly status: number;
  /** Status line and headers as they came. */
  readonly head: string;
  readonly startedAt: number;
  readonly firstByteMs: number;
  /** To the first event with text in it; of a whole answer and of one that had none: as `ms`. */
  readonly firstTokenMs: number;
  readonly ms: number;
  /** Longest time in which not a byte came. */
  readonly longestSilenceMs: number;
  readonly bytes: number;
}

/** A piece of text in an event of either dialect; the first event of a chat stream has an empty one. */
const TEXT = /"(?:content|text)":"[^"]/;
/** The end of a stream and the chunk framing behind it fit in here. */
const TAIL = 32;
const PATIENCE_MS = 60_000;

export class Caller {
  readonly #origin: string;
  readonly #patience: number;
  readonly #reader = new AnswerReader();
  #socket: Socket | undefined;
  #call: Call | undefined;
  #watch: NodeJS.Timeout | undefined;

  /** `patience`: how long not a byte may come, milliseconds. */
  constructor(origin: string, patience = PATIENCE_MS) {
    this.#origin = origin;
    this.#patience = patience;
  }

  /** Whether an answer is under way whose first byte has come. */
  get hasBegun(): boolean {
    return this.#call !== undefined && this.#call.firstByteAt > 0;
  }

  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  /** By which the other side knows this connection; undefined without one. */
  get localPort(): number | undefined {
    return this.#socket?.localPort;
  }

  /** Sends a request and never rejects. Only when the last one is over. */
  call(request: CallRequest): Promise<CallResult> {
    this.#socket ??= this.#dial();
    this.#reader.start();
    const promise = new Promise<CallResult>((resolve) => {
      this.#call = new Call(request, resolve);
    });
    this.#watch = setInterval(() => this.#look(), Math.min(1_000, this.#patience / 2));
    this.#socket.write(request.bytes, 'latin1');
    return promise;
  }

  /** Leaves; an answer under way counts as cut. */
  close(): void {
    const socket = this.#socket;
    socket?.destroy();
    if (socket) this.#closed(socket);
  }

  /** A connection that was given up may still speak: only the present one is heard. */
  #dial(): Socket {
    const socket: Socket = openConnection(this.#origin, {
      read: (bytes) => socket === this.#socket && this.#read(bytes),
      closed: () => this.#closed(socket),
    });
    return socket;
  }

  #read(bytes: Buffer): void {
    const call = this.#call;
    if (call === undefined) return;
    call.take(bytes);
    if (this.#reader.push(bytes)) this.#over(call.judge(this.#reader.status));
  }

  #closed(socket: Socket): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    if (this.#call) this.#over(this.#call.firstByteAt > 0 ? 'cut' : 'no-answer');
  }

  #look(): void {
    if (this.#call && this.#call.silence() > this.#patience) this.#over('hung');
  }

  #over(ending: Ending): void {
    const call = this.#call;
    clearInterval(this.#watch);
    this.#call = undefined;
    // A server that says so closes behind its answer: what is sent there would be lost.
    if (ending === 'hung' || (call && /\r\nconnection: close/i.test(call.head))) {
      this.#socket?.destroy();
      this.#socket = undefined;
    }
    call?.settle(ending, this.#reader.status);
  }
}

/** One request under way. */
class Call {
  firstByteAt = 0;
  #firstTokenAt = 0;
  head = '';
  readonly #request: CallRequest;
  readonly #resolve: (result: CallResult) => void;
  readonly #startedAt = performance.now();
  #lastByteAt = this.#startedAt;
  #longestSilence = 0;
  #tail = '';
  #bytes = 0;

  constructor(request: CallRequest, resolve: (result: CallResult) => void) {
    this.#request = request;
    this.#resolve = resolve;
  }

  silence(): number {
    return performance.now() - this.#lastByteAt;
  }

  take(bytes: Buffer): void {
    const now = performance.now();
    this.#longestSilence = Math.max(this.#longestSilence, now - this.#lastByteAt);
    this.#lastByteAt = now;
    this.#bytes += bytes.length;
    if (this.firstByteAt === 0) {
      this.firstByteAt = now;
      this.head = bytes.toString('latin1', 0, Math.max(0, bytes.indexOf('\r\n\r\n')) || bytes.length);
    }
    if (this.#request.stream && this.#firstTokenAt === 0 && TEXT.test(this.#tail + bytes.toString('latin1')))
      this.#firstTokenAt = now;
    if (this.#request.stream) this.#tail = (this.#tail + bytes.toString('latin1', Math.max(0, bytes.length - TAIL))).slice(-TAIL);
  }

  judge(status: number): Ending {
    if (status !== 200) return 'status';
    const { stream, endMark = 'data: [DONE]' } = this.#request;
    return !stream || this.#tail.includes(endMark) ? 'ok' : 'unfinished';
  }

  settle(ending: Ending, status: number): void {
    const now = performance.now();
    this.#resolve({
      ...{ ending, status, head: this.head, startedAt: this.#startedAt, bytes: this.#bytes },
      firstByteMs: (this.firstByteAt || now) - this.#startedAt,
      firstTokenMs: (this.#firstTokenAt || now) - this.#startedAt,
      ms: now - this.#startedAt,
      longestSilenceMs: Math.max(this.#longestSilence, now - this.#lastByteAt),
    });
  }
}

/** Ends by kind, as `ok 198, cut 2`; statuses by number. */
export function tellEndings(results: readonly CallResult[]): string {
  const counts = new Map<string, number>();
  for (const { ending, status } of results) {
    const name = ending === 'status' ? String(status) : ending;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ') || 'none';
}

/** Those that did not end well. */
export function failed(results: readonly CallResult[]): CallResult[] {
  return results.filter(({ ending }) => ending !== 'ok');
}
