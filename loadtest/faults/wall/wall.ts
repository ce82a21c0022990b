/** All faulty upstreams on one port: the first part of a path names the upstream, and rows say how it answers. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Form } from '../gateway-config.js';
import { Call } from './call.js';
import { readRequests, type WallRequest } from './request.js';

/** Answers one request; thrown errors close its connection. */
export type Answerer = (call: Call) => void | Promise<void>;

const BACKLOG = 4096;
/** Kept; past it the oldest are forgotten. */
const MOST_CALLS = 100_000;

export class Wall {
  /** Every request that came, oldest first. */
  readonly calls: Call[] = [];
  readonly sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #answerers = new Map<string, Answerer>();
  readonly #early = new Set<string>();
  #connections = 0;

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  static async start(port = 0): Promise<Wall> {
    const wall = new Wall();
    wall.#server.listen({ port, host: '127.0.0.1', backlog: BACKLOG });
    await once(wall.#server, 'listening');
    return wall;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How an upstream answers from now on; who was not told otherwise is healthy. `early`: called once the headers are there, the body not read. */
  on(upstream: string, answerer: Answerer, { early = false } = {}): void {
    this.#answerers.set(upstream, answerer);
    if (early) this.#early.add(upstream);
    else this.#early.delete(upstream);
  }

  /** Healthy again. */
  heal(upstream: string): void {
    this.#answerers.delete(upstream);
    this.#early.delete(upstream);
  }

  /** Requests that an upstream was sent; a name's beginning will do, with a `*`. */
  callsOf(upstream: string): Call[] {
    const begin = upstream.endsWith('*') ? upstream.slice(0, -1) : undefined;
    return this.calls.filter((call) => (begin === undefined ? call.upstream === upstream : call.upstream.startsWith(begin)));
  }

  /** Attempts of one request of a client, by its id. */
  attemptsOf(requestId: string): Call[] {
    return this.calls.filter((call) => call.requestId === requestId);
  }

  forget(upstream: string): void {
    const gone = new Set(this.callsOf(upstream));
    const kept = this.calls.filter((call) => !gone.has(call));
    this.calls.splice(0, this.calls.length, ...kept);
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
  }

  #accept(socket: Socket): void {
    const connection = this.#connections++;
    let turn = 0;
    let current: Call | undefined;
    this.sockets.add(socket);
    const begin = (request: WallRequest): Call => {
      current = new Call({ request, ...placeOf(request), socket, connection, turn: turn++ });
      this.calls.push(current);
      if (this.calls.length > MOST_CALLS) this.calls.splice(0, MOST_CALLS / 10);
      return current;
    };
    socket.on('error', () => {});
    socket.on('close', () => {
      this.sockets.delete(socket);
      current?.over('aborted');
    });
    readRequests(
      socket,
      (request) => this.#answer(begin(request)),
      (request) => {
        const early = this.#early.has(placeOf(request).upstream);
        if (early) this.#answer(begin(request));
        return early;
      },
    );
  }

  #answer(call: Call): void {
    const answerer = this.#answerers.get(call.upstream) ?? ((healthy: Call) => healthy.healthy());
    void (async () => answerer(call))().catch(() => call.socket.destroy());
  }
}

function placeOf({ path }: WallRequest): { upstream: string; form: Form } {
  const [, upstream = '', ...rest] = path.split('/');
  const tail = rest.join('/');
  const form: Form = tail.includes('messages') ? 'messages' : tail.includes('responses') ? 'responses' : 'chat';
  return { upstream, form };
}
