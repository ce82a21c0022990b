/** A wire between gateways and a Redis: late, cut, or saying nothing, as a row wants. */
import { connect, type Socket } from 'node:net';
import type { Bench } from '../bench.js';

export class RedisWire {
  /** Milliseconds that every answer is late. */
  delay = 0;
  /** Nothing passes, in neither direction, and no connection is refused. */
  silent = false;
  /** Connections made since the start. */
  connections = 0;
  port = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: number;

  private constructor(server: number) {
    this.#server = server;
  }

  static async lay(bench: Bench, server: number): Promise<RedisWire> {
    const wire = new RedisWire(server);
    wire.port = await bench.listen((socket) => wire.#join(socket));
    return wire;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Every connection is reset. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #join(client: Socket): void {
    this.connections++;
    const server = connect({ port: this.#server, host: '127.0.0.1', noDelay: true });
    this.#pass(client, server, () => 0);
    this.#pass(server, client, () => this.delay);
  }

  #pass(from: Socket, to: Socket, delay: () => number): void {
    this.#sockets.add(from);
    from.on('error', () => {});
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    from.on('data', (bytes) => {
      if (this.silent) return;
      if (delay() === 0) to.write(bytes);
      else setTimeout(() => to.writable && to.write(bytes), delay());
    });
  }
}
