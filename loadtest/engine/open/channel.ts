import type { Socket } from 'node:net';
import { openConnection } from '../connection.js';
import { type AnswerForm, OpenStream } from '../open-stream.js';
import type { Recorder } from '../recorder.js';
import { ResponseReader } from './response-reader.js';

/** What channels of one process have in common. */
export interface ChannelPlan {
  /** `http://host:port` */
  origin: string;
  form: AnswerForm;
  /** Longest time from sending to the last byte, milliseconds; data does not prolong it. */
  timeoutMs: number;
}

/** Hears of each request's end: `answered` says that at least a status line came. */
export type WhenOver = (channel: Channel, answered: boolean) => void;

/**
 * One connection, kept for as long as the server keeps it, with at most one request under way; it is dialled when a request
 * needs it. A request that is sent ends in exactly one way, and `whenOver` hears of it once.
 */
export class Channel {
  /** Whoever uses the channel at the moment may note here for whom. */
  place = 0;
  readonly #plan: ChannelPlan;
  readonly #stream: OpenStream;
  readonly #reader: ResponseReader;
  readonly #whenOver: WhenOver;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #onTimeout = (): void => this.#timedOut();

  constructor(plan: ChannelPlan, recorder: Recorder, whenOver: WhenOver) {
    this.#plan = plan;
    this.#stream = new OpenStream(recorder, plan.form);
    this.#whenOver = whenOver;
    const stream = this.#stream;
    this.#reader = new ResponseReader({
      head: (status) => stream.headers(status),
      body: (piece, endsChunk) => stream.body(piece, endsChunk),
      end: () => this.#answered(),
    });
  }

  get isBusy(): boolean {
    return this.#stream.isOpen;
  }

  /** Sends a request; `dueAt` as in OpenStream.start. Not while another is under way. */
  send(request: string, dueAt?: number): void {
    this.#stream.start(dueAt);
    this.#reader.start();
    this.#timer = setTimeout(this.#onTimeout, this.#plan.timeoutMs);
    this.#socket ??= this.#dial();
    this.#socket.write(request);
  }

  /** Ends now; a stream under way is incomplete and nobody hears of it. */
  abort(): void {
    clearTimeout(this.#timer);
    this.#stream.broken('incomplete', '');
    this.#drop();
  }

  /** What a socket that was left behind still says concerns nobody. */
  #dial(): Socket {
    const socket = openConnection(this.#plan.origin, {
      read: (bytes) => {
        if (this.#socket === socket) this.#read(bytes);
      },
      closed: (errorCode) => {
        if (this.#socket === socket) this.#closed(errorCode);
      },
    });
    return socket;
  }

  #read(bytes: Buffer): void {
    try {
      this.#reader.push(bytes);
    } catch (error) {
      this.#drop();
      this.#break((error as Error).message);
    }
  }

  #answered(): void {
    if (!this.#reader.keepsAlive) this.#drop();
    clearTimeout(this.#timer);
    this.#stream.complete();
    this.#whenOver(this, true);
  }

  #closed(errorCode: string): void {
    this.#socket = undefined;
    if (this.#reader.closesBody() && errorCode === '') this.#answered();
    else this.#break(errorCode || (this.#stream.hasStatus ? 'closed in the stream' : 'closed before headers'));
  }

  #break(cause: string): void {
    if (!this.#stream.isOpen) return;
    clearTimeout(this.#timer);
    const { hasStatus } = this.#stream;
    this.#stream.broken(hasStatus ? 'truncated' : 'connect', cause);
    this.#whenOver(this, hasStatus);
  }

  #timedOut(): void {
    this.#drop();
    const { hasStatus } = this.#stream;
    this.#stream.broken('timeout', hasStatus ? 'timeout in the stream' : 'timeout before headers');
    this.#whenOver(this, hasStatus);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }
}
