/**
 * Hears one channel of Redis for as long as it is wished for. A connection that closes, or that is open and says nothing
 * (a frozen server, a network that is gone), is given up for a new one: whoever does not hear must know it.
 */

/** What is needed of a connection in subscriber mode. It is used for one channel and never reconnects by itself. */
export interface ChannelConnection {
  on(event: 'message', listener: (channel: string, text: string) => void): unknown;
  on(event: 'ready' | 'end', listener: () => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  ping(): Promise<unknown>;
  disconnect(): void;
}

export interface ChannelEars {
  onMessage(text: string): void;
  /** Whether the channel is being heard at this moment; told once for each change. */
  onState(heard: boolean): void;
}

/** A connection is asked for a sign of life this often, and also: how long it may take to be there. Milliseconds. */
const BEAT = 1_000;
/** Beats without an answer after which a connection is given up. */
const SILENT_BEATS = 3;

export class ChannelListener {
  readonly #open: () => ChannelConnection | undefined;
  readonly #channel: string;
  readonly #ears: ChannelEars;
  /** Milliseconds until attempt n. */
  readonly #delay: (attempt: number) => number;
  readonly #beat: NodeJS.Timeout;
  #connection: ChannelConnection | undefined;
  #heard = false;
  #silent = 0;
  #attempts = 0;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  /** `open` makes a connection, or none while it is not known where to. */
  constructor(open: () => ChannelConnection | undefined, channel: string, ears: ChannelEars, delay: (attempt: number) => number) {
    this.#open = open;
    this.#channel = channel;
    this.#ears = ears;
    this.#delay = delay;
    this.#beat = setInterval(() => this.#check(), BEAT).unref();
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#beat);
    clearTimeout(this.#again);
    this.#connection?.disconnect();
  }

  #connect(): void {
    this.#silent = 0;
    const connection = this.#open();
    this.#connection = connection;
    if (connection === undefined) return this.#later();
    connection.on('message', (_channel, text) => {
      if (connection === this.#connection) this.#ears.onMessage(text);
    });
    connection.on('ready', () => {
      connection.subscribe(this.#channel).then(
        () => this.#hears(connection),
        () => this.#lose(connection),
      );
    });
    connection.on('end', () => this.#lose(connection));
  }

  #hears(connection: ChannelConnection): void {
    if (this.#closed || connection !== this.#connection) return;
    this.#attempts = 0;
    this.#silent = 0;
    this.#tell(true);
  }

  #lose(connection: ChannelConnection): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    connection.disconnect();
    this.#tell(false);
    this.#later();
  }

  #later(): void {
    if (this.#closed) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#connect(), this.#delay(++this.#attempts)).unref();
  }

  #check(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    if (++this.#silent > SILENT_BEATS) return this.#lose(connection);
    if (!this.#heard) return;
    connection.ping().then(
      () => {
        if (connection === this.#connection) this.#silent = 0;
      },
      () => this.#lose(connection),
    );
  }

  #tell(heard: boolean): void {
    if (heard === this.#heard) return;
    this.#heard = heard;
    if (!this.#closed) this.#ears.onState(heard);
  }
}
