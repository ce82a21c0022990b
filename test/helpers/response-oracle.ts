/** Serves one and the same bytes to the gateway's own client and to undici's (llhttp), each on a connection of its own. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSocketUpstream } from '../../src/upstream/socket.js';
import { createUndiciUpstream } from '../../src/upstream/undici.js';
import type { Upstream, UpstreamFault } from '../../src/upstream/upstream.js';

/** What a client made of an answer. */
export interface Verdict {
  readonly status: number | undefined;
  readonly payload: string;
  /** '' when the answer is complete, else why not. */
  readonly fault: string;
}

export interface Verdicts {
  readonly own: Verdict;
  readonly oracle: Verdict;
}

/** Ten seconds were too few once on a machine at load 20. */
const PATIENCE = 60_000;

export class ResponseOracle {
  readonly #server: Server;
  /** Answers by request path, as pieces. */
  readonly #answers = new Map<string, readonly string[]>();
  #asked = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async start(): Promise<ResponseOracle> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ResponseOracle(server);
  }

  stop(): void {
    this.#server.close();
  }

  /** How both clients understand `pieces`, which come one by one and then the connection's end. */
  async judge(pieces: readonly string[]): Promise<Verdicts> {
    const path = `/${++this.#asked}`;
    this.#answers.set(path, pieces);
    const origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const options = { connectTimeout: PATIENCE };
    const [own, oracle] = await Promise.all([
      ask(createSocketUpstream(origin, options), path),
      ask(createUndiciUpstream(origin, options), path),
    ]);
    this.#answers.delete(path);
    return { own, oracle };
  }

  #serve(socket: Socket): void {
    let heard = '';
    socket.on('error', () => {});
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      const before = heard;
      heard += text;
      if (before.includes('\r\n\r\n') || !heard.includes('\r\n\r\n')) return;
      const path = heard.split(' ')[1] ?? '';
      void write(socket, this.#answers.get(path) ?? []);
    });
  }
}

/** A turn of the loop between the pieces, so that most are a read of their own. */
async function write(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    socket.write(piece, 'latin1');
    if (pieces.length > 1) await new Promise(setImmediate);
  }
  socket.end();
}

async function ask(upstream: Upstream, path: string): Promise<Verdict> {
  const verdict = await new Promise<Verdict>((resolve) => {
    let status: number | undefined;
    let payload = '';
    const over = (fault: string): void => {
      clearTimeout(timer);
      resolve({ status, payload, fault });
    };
    const timer = setTimeout(() => over('it hangs'), PATIENCE);
    const exchange = upstream.send(
      { method: 'POST', path, headers: ['content-type', 'text/plain'], body: Buffer.from('x') },
      {
        onHeaders: (code) => {
          status = code;
        },
        onData: (text) => {
          payload += text;
        },
        onEnd: () => over(''),
        onError: (error) => {
          exchange?.stop();
          over(describe(error));
        },
      },
    );
  });
  await upstream.close();
  return verdict;
}

function describe(fault: UpstreamFault): string {
  const { message, code } = fault.cause as NodeJS.ErrnoException;
  return `${fault.kind}: ${code ? `${code} ` : ''}${message}`;
}
