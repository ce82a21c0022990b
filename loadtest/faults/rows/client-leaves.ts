/** C: clients that leave, half-close, or do not read. */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../client/ask.js';
import { RawStream, rawRequest } from '../client/raw-stream.js';
import { speak } from '../client/speak.js';
import { atMost, equal, ok, quantile, until, withinMs } from '../expect.js';
import { LIMIT_MS, modelsFor } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import { memoryOf } from '../memory.js';
import { type FaultRow, pass } from '../row.js';
import { HEALTHY_TEXT } from '../wall/answers.js';
import type { Call } from '../wall/call.js';
import { begin, due, nameOf, textOf, waysModels, waysOf } from './ways.js';

const MB = 1024 * 1024;
/** Most milliseconds from a client's leaving until the upstream sees it. */
const NOTICED_MS = 500;

async function nothingInFlight(gateway: GatewayProcess): Promise<void> {
  await until('no request is in flight', async () => (await gateway.metric('tidegate_requests_in_flight')) === 0, 5_000);
}

const abortBefore: FaultRow = {
  id: 'C1',
  title: 'the client leaves before there are headers',
  promise: 'The attempt is aborted within half a second and its slot is free again.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const ways = waysOf('c1');
    const gateway = await bench.startGateway({ models: waysModels('c1') });
    for (const { upstream } of ways) bench.wall.on(upstream, () => {});
    const took: number[] = [];
    for (const { form, model, upstream } of ways)
      for (const stream of [true, false])
        for (const how of ['fin', 'reset'] as const) {
          const before = bench.wall.callsOf(upstream).length;
          const client = new RawStream(gateway.port, { form, model, stream });
          await until('the request is with the upstream', () => bench.wall.callsOf(upstream).length > before);
          const call = bench.wall.callsOf(upstream)[before] as Call;
          const leftAt = performance.now();
          client.leave(how);
          await until(`${form}: the attempt is aborted`, () => call.outcome === 'aborted', 5_000);
          took.push((call.endedAt ?? 0) - leftAt);
        }
    await nothingInFlight(gateway);
    withinMs(Math.max(...took), NOTICED_MS, 'ms until the upstream saw it');
    return pass('aborted upstream, nothing in flight', { aborts: took.length, 'p99 ms': Math.max(...took) });
  },
};

const abortWithin: FaultRow = {
  id: 'C2',
  title: 'the client leaves in the middle, by FIN and by reset, on every route',
  promise:
    'The upstream sees the close within half a second, converted or not, streamed or not; slots are free, no connection is left.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const ways = waysOf('c2', { converted: true });
    const gateway = await bench.startGateway({ models: waysModels('c2', { converted: true }) });
    for (const { upstream } of ways)
      bench.wall.on(upstream, async (call) => {
        if (call.streamed) return call.healthy({ tokens: 10_000, pause: 10 });
        call.head(200, ['content-type: application/json', 'content-length: 100000']);
        while (!call.socket.destroyed) {
          call.raw(' ');
          await sleep(20);
        }
      });
    const took: number[] = [];
    for (const way of ways)
      for (const [stream, how] of [
        [true, 'fin'],
        [true, 'reset'],
        [false, 'reset'],
      ] as const) {
        const { form, model, upstream } = way;
        const before = bench.wall.callsOf(upstream).length;
        const client = new RawStream(gateway.port, { form, model, stream });
        if (stream) await client.has('word3');
        else await until('the answer has begun', () => bench.wall.callsOf(upstream).length > before);
        const call = bench.wall.callsOf(upstream)[before] as Call;
        const leftAt = performance.now();
        client.leave(how);
        await until(`${nameOf(way)}, ${how}: the upstream sees the close`, () => call.outcome === 'aborted', 5_000);
        took.push((call.endedAt ?? 0) - leftAt);
      }
    await nothingInFlight(gateway);
    const left = bench.wall.callsOf('c2-*').filter(({ socket }) => !socket.destroyed).length;
    equal(left, 0, 'connections left');
    withinMs(quantile(took, 0.99), NOTICED_MS, 'p99, ms until the upstream saw it');
    return pass('seen upstream on every route', {
      aborts: took.length,
      'p50 ms': quantile(took, 0.5),
      'p99 ms': quantile(took, 0.99),
      'connections left': left,
    });
  },
};

const halfClose: FaultRow = {
  id: 'C3',
  title: 'the client closes its side behind the request',
  promise: 'The full answer is delivered all the same.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('c3'),
  async run(bench) {
    const { port } = await bench.shared();
    for (const { form, model, upstream } of waysOf('c3')) {
      bench.wall.on(upstream, (call) => call.healthy({ pause: 5 }));
      for (const stream of [true, false]) {
        const heard = await speak(port, rawRequest({ form, model, stream }), { finish: true, patience: 15_000 });
        equal(heard.status, 200, `${form}: status`);
        ok(heard.text.includes('word59'), `${form}, ${stream ? 'stream' : 'whole'}: the last word did not arrive`);
        equal(heard.end, 'fin', `${form}: end`);
      }
    }
    return pass('full answers');
  },
};

const STREAMS = 40;

const neverReads: FaultRow = {
  id: 'C4',
  title: '40 clients that never read, before streams without end',
  promise:
    'Reading from the upstream pauses: at most 1 MB of the gateway’s memory a stream, and the client is cut at the idle limit.',
  length: 'quick',
  needs: ['own-gateway', 'linux'],
  alone: true,
  async run(bench) {
    const gateway = await bench.startGateway({ models: modelsFor('c4', { forms: ['chat'] }), workers: 1 });
    // A process that has just begun grows by itself: warmed up first.
    for (let asked = 0; asked < 200; asked++) await ask(gateway.origin, { model: 'c4-chat', stream: true });
    bench.wall.forget('c4-chat-a');
    bench.wall.on('c4-chat-a', pour);
    const memory = memoryOf(gateway.workers());
    const clients = Array.from(
      { length: STREAMS },
      () => new RawStream(gateway.port, { model: 'c4-chat', stream: true }, { reads: false }),
    );
    await until('all streams have begun', () => bench.wall.callsOf('c4-chat-a').length === STREAMS);
    const calls = bench.wall.callsOf('c4-chat-a');
    const within = LIMIT_MS.idle + LIMIT_MS.slack + 3_000;
    const took = await until('all are cut', () => calls.every(({ outcome }) => outcome === 'aborted'), within);
    const growth = memory.stop();
    await nothingInFlight(gateway);
    for (const { socket } of clients) socket.destroy();
    atMost(growth / MB / STREAMS, 1, 'memory a stream, MB');
    const written = calls.map(({ socket }) => (socket.bytesWritten - socket.writableLength) / MB);
    return pass('paused, then cut', {
      'growth MB a stream': growth / MB / STREAMS,
      'taken from the upstream, MB a stream (kernel buffers included)': Math.max(...written),
      'cut after ms': took,
    });
  },
};

/** Tokens as fast as the other side takes them, for ever. */
async function pour(call: Call): Promise<void> {
  const script = call.openStream();
  call.chunk(script.opening());
  const events = script.tokens(60).repeat(8);
  while (!call.socket.destroyed) if (!call.chunk(events)) await writable(call.socket);
}

function writable(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      socket.off('drain', over).off('close', over);
      resolve();
    };
    socket.on('drain', over).on('close', over);
  });
}

const stopsThenLeaves: FaultRow = {
  id: 'C5',
  title: 'the client stops reading, then disconnects',
  promise: 'The stream is over within half a second of its leaving: nobody waits for a drain that cannot come.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const ways = waysOf('c5', { converted: true });
    const gateway = await bench.startGateway({
      models: waysModels('c5', { converted: true }),
      config: { timeouts: { idle: '20s', total: '60s' } },
    });
    for (const { upstream } of ways) bench.wall.on(upstream, pour);
    const took: number[] = [];
    for (const way of ways)
      for (const how of ['fin', 'reset'] as const) {
        const before = bench.wall.callsOf(way.upstream).length;
        const client = new RawStream(gateway.port, { form: way.form, model: way.model, stream: true }, { reads: false });
        await until('the stream has begun', () => bench.wall.callsOf(way.upstream).length > before);
        const call = bench.wall.callsOf(way.upstream)[before] as Call;
        await until(`${nameOf(way)}: reading is paused`, () => call.socket.writableNeedDrain);
        await sleep(50);
        const leftAt = performance.now();
        client.leave(how);
        await until(`${nameOf(way)}, ${how}: the stream is over`, () => call.outcome === 'aborted', 5_000);
        took.push((call.endedAt ?? 0) - leftAt);
      }
    await nothingInFlight(gateway);
    withinMs(Math.max(...took), NOTICED_MS, 'ms until the upstream saw it');
    return pass('over at once', { clients: took.length, 'p99 ms': Math.max(...took) });
  },
};

const SLOW_TOKENS = 60 * 2_000;

const slowReader: FaultRow = {
  id: 'C6',
  title: 'a client that reads slowly',
  promise: 'It gets every byte in order: a full buffer is not a disconnect.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: modelsFor('c6', { forms: ['chat'] }),
  async run(bench) {
    const { port } = await bench.shared();
    const wanted = createHash('sha256');
    let sent = 0;
    bench.wall.on('c6-chat-a', async (call) => {
      const script = call.openStream();
      const say = async (text: string): Promise<void> => {
        wanted.update(text);
        sent += text.length;
        if (!call.chunk(text)) await writable(call.socket);
      };
      await say(script.opening());
      for (let said = 0; said < SLOW_TOKENS; said += 600) await say(script.tokens(60).repeat(10));
      await say(script.closing() + script.done());
      call.endStream();
    });
    const client = new RawStream(port, { model: 'c6-chat', stream: true, headers: { connection: 'close' } }, { keep: true });
    const began = performance.now();
    // Half a megabyte, then a pause.
    let pauses = 0;
    let read = 0;
    client.socket.on('data', (piece: Buffer) => {
      read += piece.length;
      if (read < MB) return;
      read = 0;
      pauses++;
      client.socket.pause();
      setTimeout(() => client.socket.resume(), 150);
    });
    await until('the answer is over', () => client.ended !== undefined || client.text.endsWith('0\r\n\r\n'), 30_000);
    const got = createHash('sha256').update(unchunked(client.text)).digest('hex');
    equal(got, wanted.digest('hex'), 'hash of the body');
    ok(pauses >= 5, `it paused ${pauses} times only`);
    return pass('every byte, in order', { MB: sent / MB, pauses, seconds: (performance.now() - began) / 1000 });
  },
};

/** The body of the one answer in `text`. */
function unchunked(text: string): string {
  const pieces: string[] = [];
  let at = text.indexOf('\r\n\r\n') + 4;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    const length = Number.parseInt(text.slice(at, lineEnd), 16);
    if (!(length > 0)) return pieces.join('');
    pieces.push(text.slice(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
}

const DYING = 600;

const massDeath: FaultRow = {
  id: 'C10',
  title: '600 streams die in one tick',
  promise: 'Their attempts are aborted within two seconds, and health is answered within half a second meanwhile.',
  length: 'quick',
  needs: ['own-gateway'],
  alone: true,
  async run(bench) {
    const gateway = await bench.startGateway({
      models: modelsFor('c10', { forms: ['chat'] }),
      config: { timeouts: { idle: '20s', total: '60s' } },
    });
    bench.wall.on('c10-chat-a', (call) => begin(call, 60));
    const clients: RawStream[] = [];
    for (let opened = 0; opened < DYING; opened += 100) {
      for (let index = 0; index < 100; index++)
        clients.push(new RawStream(gateway.port, { model: 'c10-chat', stream: true }, { keep: false }));
      await until('they have begun', () => clients.every(({ bytes }) => bytes > 0));
    }
    const calls = bench.wall.callsOf('c10-chat-a');
    const probes: number[] = [];
    let probing = true;
    const prober = (async () => {
      while (probing) {
        const began = performance.now();
        await (await fetch(`${gateway.origin}/health`)).text();
        probes.push(performance.now() - began);
        await sleep(10);
      }
    })();
    for (const client of clients) client.leave('reset');
    const took = await until('all are aborted upstream', () => calls.every(({ outcome }) => outcome === 'aborted'), 10_000);
    probing = false;
    await prober;
    await nothingInFlight(gateway);
    withinMs(took, 2_000, 'ms until all were aborted');
    withinMs(Math.max(...probes), 500, 'slowest health, ms');
    due(
      await ask(gateway.origin, { model: 'c10-chat', stream: true, text: textOf(60), patience: 3_000 }),
      'hung',
      'a new stream begins',
    );
    return pass('aborted; health answered', {
      streams: DYING,
      'aborted after ms': took,
      'slowest health ms': Math.max(...probes),
    });
  },
};

const pipelined: FaultRow = {
  id: 'C12',
  title: 'a second request pipelined behind a stream; then the client leaves',
  promise: 'The answers come one after the other and never mixed, or the connection closes behind the first.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: modelsFor('c12', { forms: ['chat'] }),
  async run(bench) {
    const { port, origin } = await bench.shared();
    bench.wall.on('c12-chat-a', (call) => call.healthy({ pause: call.streamed ? 10 : 0 }));
    const both = rawRequest({ model: 'c12-chat', stream: true }) + rawRequest({ model: 'c12-chat' }, 'Connection: close');
    const heard = await speak(port, both, { patience: 15_000 });
    const second = heard.text.indexOf('HTTP/1.1 ', 10);
    const firstEnd = heard.text.indexOf('0\r\n\r\n');
    const first = heard.text.slice(0, second < 0 ? undefined : second);
    ok(first.includes('[DONE]') && first.includes('word59'), 'the first answer is not whole');
    ok(second < 0 || second > firstEnd, 'the second answer began within the first');
    ok(second < 0 || heard.text.slice(second).includes(HEALTHY_TEXT.trim()), 'the second answer is not whole');
    const client = new RawStream(port, { model: 'c12-chat', stream: true });
    client.socket.write(rawRequest({ model: 'c12-chat' }));
    await client.has('word3');
    client.leave('reset');
    due(await ask(origin, { model: 'c12-chat' }), 'complete', 'afterwards');
    return pass(second < 0 ? 'closed behind the first' : 'one after the other', { mixed: 0 });
  },
};

export const CLIENT_LEAVES_ROWS: readonly FaultRow[] = [
  abortBefore,
  abortWithin,
  halfClose,
  neverReads,
  stopsThenLeaves,
  slowReader,
  massDeath,
  pipelined,
];
