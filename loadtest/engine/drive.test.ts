import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import type { Counts } from '../result.js';
import { failures } from './counts.js';
import { drive } from './drive.js';
import type { Drive, DrivePlan } from './drive-plan.js';
import { driveOwn } from './open/drive-own.js';
import { Recorder } from './recorder.js';

/** A server that counts what it was sent and answers the n-th request as told. */
class Misbehaving {
  requests = 0;
  whole = 0;
  readonly bodies: { session: string; turns: number; key: string; at: number }[] = [];
  readonly #server: Server;

  constructor(answer: (server: Misbehaving, request: IncomingMessage, response: ServerResponse, number: number) => void) {
    this.#server = createServer((request, response) => {
      const number = this.requests++;
      let text = '';
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      request.on('end', () => {
        const { 'x-session-id': session, authorization = '' } = request.headers;
        this.bodies.push({
          session: String(session),
          turns: JSON.parse(text).messages.length,
          key: authorization,
          at: performance.now(),
        });
        answer(this, request, response, number);
      });
    });
  }

  async start(t: Test): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    t.teardown(() => {
      this.#server.closeAllConnections();
      this.#server.close();
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/chat/completions`;
  }

  /** Role, `pieces` of content, [DONE]; each after 5 ms. */
  async stream(response: ServerResponse, pieces = 4): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n');
    for (let piece = 0; piece < pieces; piece++) {
      await sleep(5);
      response.write('data: {"choices":[{"delta":{"content":"你好"}}]}\n\n');
    }
    this.whole++;
    response.end('data: [DONE]\n\n');
  }
}

type Engine = (plan: DrivePlan, recorder: Recorder) => Drive;

/** Both engines keep the same promises. */
const ENGINES: Readonly<Record<string, Engine>> = { autocannon: drive, own: driveOwn };

/** A test of each engine; `run` is `load` with it. */
function testBoth(
  rule: string,
  check: (t: Test, run: (url: string, wishes?: Wishes) => Promise<Recorder>) => Promise<void>,
): void {
  for (const [name, engine] of Object.entries(ENGINES))
    test(`${name}: ${rule}`, (t) => check(t, (url, wishes) => load(engine, url, wishes)));
}

const begin = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n';

type Wishes = Partial<DrivePlan> & { forMs?: number; vus?: number };

async function load(engine: Engine, url: string, wishes: Wishes = {}): Promise<Recorder> {
  const startAt = performance.now();
  const stopAt = startAt + (wishes.forMs ?? 1000);
  const recorder = new Recorder({ measureFrom: startAt, stopAt });
  const users = Array.from({ length: wishes.vus ?? 1 }, (_, index) => index);
  const fixed = { url, users, startAt, stopAt, rampMs: 0, graceMs: 5000, timeoutMs: 20_000, model: 'm', keys: ['k'], seed: 1 };
  await engine({ ...fixed, thinkMs: [0, 0], ...wishes }, recorder).done;
  return recorder;
}

function balances(t: Test, counts: Counts, server: Misbehaving): void {
  t.equal(counts.sent, counts.ok + failures(counts), 'each request sent ended in exactly one way');
  t.equal(counts.sent, server.requests, 'the server saw each request once');
  t.equal(counts.done, server.whole, 'each [DONE] sent was seen');
}

testBoth('healthy streams are counted whole, with their events, at both ends', async (t, run) => {
  const server = new Misbehaving((own, _, response) => void own.stream(response));
  const { counts, latency, ttft, inFlight } = await run(await server.start(t), { vus: 3 });
  balances(t, counts, server);
  t.equal(counts.ok, counts.sent);
  t.ok(counts.ok >= 3, 'each user had an answer');
  t.equal(counts.events, counts.ok * 6);
  t.equal(counts.contentEvents, counts.ok * 4);
  t.equal(inFlight, 0);
  t.equal(latency.quantiles()?.count, counts.ok);
  t.ok((ttft.quantiles()?.p50 ?? 0) >= 4, 'the role event is not the first token');
});

testBoth('every third stream cut by FIN: cut ones are truncated, the others whole, none times out', async (t, run) => {
  const server = new Misbehaving((own, _, response, number) => {
    if (number % 3 !== 2) return void own.stream(response);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(begin);
    setTimeout(() => response.socket?.end(), 10);
  });
  const { counts } = await run(await server.start(t), { vus: 2, timeoutMs: 3000 });
  balances(t, counts, server);
  t.equal(counts.ok, server.whole);
  t.equal(counts.truncated, server.requests - server.whole);
  t.ok(counts.truncated > 0);
});

testBoth('every third stream cut by RST: cut ones are truncated, the others whole, none times out', async (t, run) => {
  const server = new Misbehaving((own, _, response, number) => {
    if (number % 3 !== 2) return void own.stream(response);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(begin);
    setTimeout(() => response.socket?.resetAndDestroy(), 10);
  });
  const { counts } = await run(await server.start(t), { vus: 2, timeoutMs: 3000 });
  balances(t, counts, server);
  t.equal(counts.ok, server.whole);
  t.equal(counts.truncated, server.requests - server.whole);
  t.ok((counts.causes.ECONNRESET ?? 0) > 0);
});

testBoth('`Connection: close` on every answer loses no request and does not lengthen latency', async (t, run) => {
  const server = new Misbehaving((own, _, response) => {
    response.setHeader('connection', 'close');
    void own.stream(response);
  });
  const { counts, latency } = await run(await server.start(t), { forMs: 1500 });
  balances(t, counts, server);
  t.equal(counts.ok, counts.sent);
  const { p50 = 0, p90 = 0 } = latency.quantiles() ?? {};
  t.ok(p90 < p50 * 10 + 200, `p50 ${p50} p90 ${p90}`);
});

testBoth('a stream that goes silent is one time-out, and the next request is answered well', async (t, run) => {
  const server = new Misbehaving((own, _, response, number) => {
    if (number !== 0) return void own.stream(response);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(begin);
  });
  const { counts } = await run(await server.start(t), { timeoutMs: 1000, forMs: 1800 });
  balances(t, counts, server);
  t.equal(counts.timeout, 1);
  t.equal(counts.ok, counts.sent - 1);
  t.ok(counts.ok > 3);
});

testBoth('an error status and an error event are each counted as what they are, and their times are left out', async (t, run) => {
  const server = new Misbehaving((own, _, response, number) => {
    if (number % 3 === 0) return void response.writeHead(503).end('{"error":{"message":"full"}}');
    if (number % 3 === 1) return void own.stream(response);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${begin}data: {"error":{"message":"upstream cut"}}\n\n`);
  });
  const { counts, latency } = await run(await server.start(t), { forMs: 500 });
  balances(t, counts, server);
  t.ok(Math.abs((counts.http[503] ?? 0) - counts.streamError) <= 1);
  t.ok(counts.streamError > 2);
  t.equal(latency.quantiles()?.count, counts.ok);
});

testBoth('a stream that ends cleanly without [DONE] is truncated', async (t, run) => {
  const server = new Misbehaving((_own, _request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    setTimeout(() => response.end(begin), 5);
  });
  const { counts } = await run(await server.start(t), { forMs: 200 });
  t.ok(counts.truncated > 2);
  t.equal(counts.truncated, counts.sent);
});

testBoth('bytes that are no HTTP end the request at once', async (t, run) => {
  const server = createTcpServer((socket) =>
    socket.on('error', () => {}).once('data', () => socket.write('what is this?\r\n\r\n')),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => server.close());
  const { counts } = await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { forMs: 400 });
  t.ok(counts.causes['malformed HTTP']);
  t.equal(counts.connect, counts.sent);
});

testBoth('a refused connection is counted, and dialled again with a pause', async (t, run) => {
  const server = createTcpServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const { counts } = await run(`http://127.0.0.1:${port}/`, { forMs: 900 });
  t.equal(counts.connect, counts.sent);
  t.ok(counts.sent >= 2 && counts.sent <= 5, `${counts.sent} tries in 0.9 s`);
});

testBoth('at the end no stream begins and open ones finish', async (t, run) => {
  const server = new Misbehaving((own, _, response) => void own.stream(response, 100));
  const { counts, lastEnd, firstStart } = await run(await server.start(t), { forMs: 200, vus: 4 });
  balances(t, counts, server);
  t.equal(counts.ok, 4);
  t.equal(counts.steadyOk, 0, 'they ended after the load');
  t.ok(lastEnd - firstStart > 400);
});

testBoth('streams open after the grace are incomplete, not forgotten', async (t, run) => {
  const server = new Misbehaving((_own, _request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(begin);
  });
  const { counts } = await run(await server.start(t), { forMs: 300, graceMs: 300, vus: 3 });
  balances(t, counts, server);
  t.equal(counts.incomplete, 3);
});

testBoth('each user keeps its session and its key, and its turns grow in order', async (t, run) => {
  const server = new Misbehaving((own, _, response) => void own.stream(response, 1));
  await run(await server.start(t), { vus: 3, keys: ['k0', 'k1'], forMs: 300 });
  for (const user of [0, 1, 2]) {
    const own = server.bodies.filter(({ session }) => session === `load-1-${user}-0`);
    t.ok(own.length > 2);
    t.strictSame(
      own.map(({ turns }) => turns),
      own.map((_, turn) => 2 + 2 * turn),
    );
    t.ok(own.every(({ key }) => key === `Bearer k${user % 2}`));
  }
});

testBoth('users think between streams', async (t, run) => {
  const server = new Misbehaving((own, _, response) => void own.stream(response, 1));
  const { counts } = await run(await server.start(t), { thinkMs: [300, 300], forMs: 1000 });
  balances(t, counts, server);
  t.ok(counts.ok >= 1 && counts.ok <= 4, `${counts.ok} streams`);
});

testBoth('users begin spread over the ramp', async (t, run) => {
  const server = new Misbehaving((own, _, response) => void own.stream(response, 200));
  const url = await server.start(t);
  const { counts } = await run(url, { vus: 10, rampMs: 1500, forMs: 1600 });
  const begins = [...new Map(server.bodies.toReversed().map(({ session, at }) => [session, at])).values()];
  t.ok(Math.max(...begins) - Math.min(...begins) > 300, 'far from all at once');
  balances(t, counts, server);
  t.ok(counts.ok >= 10);
});
