import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { CallRequest } from './caller.js';

/** How often it takes something off its socket, milliseconds. */
const SIP_MS = 250;

/** A client that takes a little of its answer now and then, so that all before it must wait. */
export class SlowReader {
  bytes = 0;
  /** Status of the answer, 0 as long as none has come. */
  status = 0;
  /** `performance.now()`; undefined while it goes on. */
  endedAt: number | undefined;
  readonly #socket: Socket;
  readonly #sip: NodeJS.Timeout;

  constructor(origin: string, request: CallRequest, bytesPerSecond: number) {
    const { hostname, port } = new URL(origin);
    this.#socket = connect({ host: hostname, port: Number(port) });
    const most = Math.max(1, Math.round((bytesPerSecond * SIP_MS) / 1000));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.endedAt = performance.now();
      clearInterval(this.#sip);
    });
    // Someone must listen, or the stream would not be read ahead at all and `read` would give nothing.
    this.#socket.on('readable', () => {});
    this.#socket.write(request.bytes, 'latin1');
    this.#sip = setInterval(() => this.#take(most), SIP_MS);
  }

  leave(): void {
    clearInterval(this.#sip);
    this.#socket.destroy();
  }

  #take(most: number): void {
    const piece = this.#socket.read(Math.min(most, this.#socket.readableLength)) as Buffer | null;
    if (piece === null || piece.length === 0) return;
    if (this.status === 0) this.status = Number(/^HTTP\/1\.1 (\d{3})/.exec(piece.toString('latin1', 0, 16))?.[1] ?? 0);
    this.bytes += piece.length;
  }
}
