import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'tap';
import type { TestScope } from '../../../test/helpers/gateway.js';
import { until } from '../../../test/helpers/primary-process.js';
import { BodyClock } from '../body-clock.js';
import { Lane } from './lane.js';
import type { LaneHost } from './lane-connection.js';
import type { LaneExchange } from './lane-exchange.js';

const HEAD = 'POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\n';
const FAR = 1e9;

class Bench {
  readonly served: LaneExchange[] = [];
  /** What Node's server got to serve. */
  readonly byNode: string[] = [];
  readonly lane: Lane;
  readonly port: number;
  sendsAway = false;

  constructor(lane: Lane, port: number) {
    this.lane = lane;
    this.port = port;
  }
}

/** A lane before a server that says of each request that it had it. */
async function startBench(t: TestScope): Promise<Bench> {
  let bench: Bench | undefined;
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    bench?.byNode.push(request.url ?? '');
    request.resume().on('end', () => response.end('by node'));
  });
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  const host: LaneHost = {
    bodyLimit: 100_000,
    headersTimeout: 5_000,
    bodies: new BodyClock(() => 1_000),
    sendsAway: () => bench?.sendsAway === true,
    serve: (_route, exchange) => bench?.served.push(exchange),
  };
  const lane = new Lane(server, host);
  server.on('connection', (socket: Socket) => lane.accept(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    lane.closeAll();
    server.closeAllConnections();
    server.close();
  });
  bench = new Bench(lane, (server.address() as AddressInfo).port);
  return bench;
}

class Client {
  readonly socket: Socket;
  text = '';
  ended = false;

  constructor(port: number, bytes = '') {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.setEncoding('latin1').on('data', (piece: string) => {
      this.text += piece;
    });
    this.socket.on('end', () => {
      this.ended = true;
    });
    this.socket.on('error', () => {});
    if (bytes !== '') this.socket.write(bytes);
  }
}

async function servedExchange(bench: Bench, number = 1): Promise<LaneExchange> {
  await until(async () => bench.served.length === number);
  const exchange = bench.served.at(-1);
  if (!exchange) throw new Error('nothing is served');
  return exchange;
}

test('request after request is served on a kept connection; what is not plain takes it to Node for good', async (t) => {
  const bench = await startBench(t);
  const client = new Client(bench.port, `${HEAD}{  }`);
  const first = await servedExchange(bench);
  t.equal(String(await first.readBody(100)), '{  }');
  first.answer(200, {}, 'one', 'utf8');
  await until(async () => client.text.endsWith('\r\n\r\none'));
  client.socket.write(HEAD);
  const second = await servedExchange(bench, 2);
  const body = second.readBody(100);
  client.socket.write('[');
  client.socket.write('  ]');
  t.equal(String(await body), '[  ]');
  second.answer(200, {}, 'two', 'utf8');
  await until(async () => client.text.endsWith('\r\n\r\ntwo'));
  client.socket.write('GET /health HTTP/1.1\r\nhost: a\r\n\r\n');
  await until(async () => client.text.endsWith('by node\r\n0\r\n\r\n') || client.text.endsWith('by node'));
  client.socket.write(`${HEAD}{  }`);
  await until(async () => bench.byNode.length === 2);
  t.strictSame(bench.byNode, ['/health', '/v1/chat/completions']);
  t.equal(bench.served.length, 2);
  client.socket.destroy();
});

test('a stream goes out as chunks, its head with the first; an abort is told at once', async (t) => {
  const bench = await startBench(t);
  const client = new Client(bench.port, `${HEAD}{  }`);
  const exchange = await servedExchange(bench);
  exchange.start(200, { 'content-type': 'text/event-stream' });
  exchange.write('data: é\n\n');
  exchange.write('ignored', '3\r\nabc\r\n');
  await until(async () => client.text.endsWith('\r\n\r\n9\r\ndata: é\n\n\r\n3\r\nabc\r\n'));
  let left = false;
  exchange.listener = { onDrain: () => {}, onClose: () => (left = true), takesComments: true };
  client.socket.destroy();
  await until(async () => left);
  t.ok(exchange.closed);
});

test('a head without a body behind it goes out all the same', async (t) => {
  const bench = await startBench(t);
  const client = new Client(bench.port, `${HEAD}{  }`);
  const exchange = await servedExchange(bench);
  exchange.start(200, {});
  await until(async () => client.text.includes('Transfer-Encoding: chunked\r\n\r\n'));
  exchange.end();
  await until(async () => client.text.endsWith('\r\n\r\n0\r\n\r\n'));
  client.socket.destroy();
});

test('what comes behind a request waits for its answer, then goes to Node, also where the client has ended its side', async (t) => {
  const bench = await startBench(t);
  for (const [number, ends] of [false, true].entries()) {
    const client = new Client(bench.port, `${HEAD}{  }`);
    const exchange = await servedExchange(bench, number + 1);
    client.socket.write('GET /behind HTTP/1.1\r\nhost: a\r\n\r\n');
    if (ends) client.socket.end();
    const from = bench.byNode.length;
    // Read by the lane by the time a later connection is.
    const later = new Client(bench.port, 'GET /later HTTP/1.1\r\nhost: a\r\n\r\n');
    await until(async () => bench.byNode.length > from);
    exchange.answer(200, {}, 'first', 'utf8');
    await until(async () => client.text.includes('by node'));
    t.match(client.text, /first.*by node/s);
    later.socket.destroy();
    client.socket.destroy();
  }
});

test('who says nothing is told 408, and who is idle is left, when their time is over', async (t) => {
  const bench = await startBench(t);
  const silent = new Client(bench.port);
  const idle = new Client(bench.port, `${HEAD}{  }`);
  (await servedExchange(bench)).answer(200, {}, 'ok', 'utf8');
  await until(async () => idle.text.endsWith('ok'));
  bench.lane.look(performance.now() + 6_000);
  await until(async () => silent.ended);
  t.match(silent.text, /^HTTP\/1.1 408 /);
  t.notOk(idle.ended);
  bench.lane.look(performance.now() + 76_000);
  await until(async () => idle.ended);
  t.notMatch(idle.text, /408/);
  silent.socket.destroy();
  idle.socket.destroy();
});

test('a body that does not come is given up with the request, as is one that breaks off', async (t) => {
  const bench = await startBench(t);
  const late = new Client(bench.port, `${HEAD}{`);
  const waiting = (await servedExchange(bench)).readBody(100) as Promise<Buffer>;
  const refused = t.rejects(waiting, { code: 'client_closed_request' });
  bench.lane.look(performance.now() + FAR);
  await until(async () => late.ended);
  t.match(late.text, /^HTTP\/1.1 408 /);
  await refused;
  const broken = new Client(bench.port, `${HEAD}{`);
  const cut = (await servedExchange(bench, 2)).readBody(100) as Promise<Buffer>;
  broken.socket.end();
  await t.rejects(cut, { code: 'client_closed_request' });
  await until(async () => broken.ended);
  t.match(broken.text, /^HTTP\/1.1 400 /);
  late.socket.destroy();
  broken.socket.destroy();
});

test('an answer before the body ends the connection, and the client gets to read it', async (t) => {
  const bench = await startBench(t);
  const client = new Client(bench.port, HEAD.replace('4', '90000'));
  const exchange = await servedExchange(bench);
  exchange.answer(401, {}, 'no', 'utf8');
  client.socket.write('x'.repeat(90_000));
  await until(async () => client.ended);
  t.match(client.text, /^HTTP\/1.1 401 .*connection: close\r\n.*no$/s);
  client.socket.destroy();
});

test('only idle connections are closed as idle; who is to be sent away is with the next answer', async (t) => {
  const bench = await startBench(t);
  const busy = new Client(bench.port, `${HEAD}{  }`);
  const exchange = await servedExchange(bench);
  const silent = new Client(bench.port);
  await until(async () => {
    bench.lane.closeIdle();
    return silent.ended;
  });
  t.notOk(busy.ended);
  bench.sendsAway = true;
  exchange.answer(200, {}, 'é', 'utf8');
  await until(async () => busy.ended);
  t.match(busy.text, /connection: close\r\ncontent-length: 2\r\n.*\xc3\xa9$/s);
  silent.socket.destroy();
  busy.socket.destroy();
});
