import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Open pages at most; the next is turned away. */
const MOST_WATCHERS = 16;
const HOSTS = new Set(['localhost', '127.0.0.1']);
const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Serves one page and its events, on loopback only, as long as the run lasts and not longer. */
export class LiveServer {
  readonly #server: Server;
  readonly #page: string;
  readonly #greeting: () => string;
  readonly #watchers = new Set<ServerResponse>();
  /** Pages that missed something because they did not read. */
  readonly #behind = new Set<ServerResponse>();

  private constructor(page: string, greeting: () => string) {
    this.#page = page;
    this.#greeting = greeting;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** `greeting`: the event that a page gets first. Rejects when the port is taken. */
  static async start(port: number, page: string, greeting: () => string): Promise<LiveServer> {
    const live = new LiveServer(page, greeting);
    await new Promise<void>((resolve, reject) => {
      live.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    // What goes wrong later on a connection is that page's trouble and must not end the run.
    live.#server.on('error', () => {});
    live.#server.unref();
    return live;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** A page that does not read costs the run no memory: what it missed it is told as a whole when it reads again. */
  send(event: string): void {
    for (const watcher of this.#watchers) {
      if (watcher.writableNeedDrain) this.#behind.add(watcher);
      else watcher.write(event);
    }
  }

  /** Says the last word and hangs up: an open tab does not keep the command from ending. */
  async close(last: string): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const told = [...this.#watchers].map(
      (watcher) => new Promise<void>((resolve) => watcher.end(last, resolve).once('close', resolve)),
    );
    await Promise.race([Promise.all(told), new Promise((resolve) => setTimeout(resolve, 500).unref())]);
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url?.split('?')[0];
    if (!hostFits(request.headers.host)) return refuse(response, 403, 'This page answers to 127.0.0.1 and localhost only.');
    if (request.method !== 'GET') return refuse(response, 405, 'There is nothing here but pages to read.');
    if (path === '/') {
      response.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8' }).end(this.#page);
    } else if (path === '/events') this.#watch(response);
    else refuse(response, 404, 'There is no such page.');
  }

  #watch(response: ServerResponse): void {
    if (this.#watchers.size >= MOST_WATCHERS) return refuse(response, 503, 'Too many pages are open.');
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
    response.write(this.#greeting());
    this.#watchers.add(response);
    response.on('drain', () => {
      if (this.#behind.delete(response)) response.write(this.#greeting());
    });
    response.once('close', () => {
      this.#watchers.delete(response);
      this.#behind.delete(response);
    });
  }
}

/** A page elsewhere can point its own name at 127.0.0.1; its name still stands in `Host`. */
function hostFits(host: string | undefined): boolean {
  return HOSTS.has((host ?? '').toLowerCase().replace(/:\d+$/, ''));
}

function refuse(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' }).end(`${words}\n`);
}
