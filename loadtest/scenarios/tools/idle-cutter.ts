import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A reverse proxy as far as silence goes: passes bytes on, and cuts a connection on which nothing has come back for too long
 * after the client has spoken, as Cloudflare does after 100 s (its 524), nginx and cloud load balancers after 60 s.
 */
export class IdleCutter {
  readonly origin: string;
  /** Connections that were cut for silence. */
  cut = 0;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Before a server; `silenceMs` is how long it may say nothing. */
  static async before(origin: string, silenceMs: number): Promise<IdleCutter> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const cutter = new IdleCutter(server);
    server.on('connection', (client) => cutter.#pass(client, new URL(origin), silenceMs));
    return cutter;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #pass(client: Socket, { hostname, port }: URL, silenceMs: number): void {
    const server = connect({ host: hostname, port: Number(port), noDelay: true });
    let timer: NodeJS.Timeout | undefined;
    let heard = 0;
    const cutUnlessHeard = (before: number): void => {
      if (heard !== before || client.destroyed) return;
      this.cut++;
      client.destroy();
    };
    const wait = (): void => {
      const now = ++heard;
      clearTimeout(timer);
      // Timers come before sockets in a turn of the loop: where this process stalled, what has come meanwhile is read first.
      timer = setTimeout(() => setImmediate(cutUnlessHeard, now), silenceMs);
    };
    client.on('data', wait);
    server.on('data', wait);
    client.pipe(server);
    server.pipe(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#open.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        this.#open.delete(one);
        clearTimeout(timer);
        other.destroy();
      });
    }
  }
}
