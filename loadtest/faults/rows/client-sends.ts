/** C: clients that send slowly, too much, too little, or nothing. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { CANARIES } from '../canary.js';
import { ask } from '../client/ask.js';
import { rawRequest } from '../client/raw-stream.js';
import { speak } from '../client/speak.js';
import { atMost, equal, NotRun, ok, quantile, until, withinMs } from '../expect.js';
import { modelsFor, ONE_CLIENT } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import { descriptorsOf, memoryOf } from '../memory.js';
import { type FaultRow, pass } from '../row.js';
import { due, dueError } from './ways.js';

const MB = 1024 * 1024;
const SLOW = 200;
/** Limit for headers and the clock that looks for it: 60 s and 30 s in Node. */
const GONE_WITHIN_MS = 95_000;

const slowSenders: FaultRow = {
  id: 'C7',
  title: '200 connections that send their headers a byte a second, 100 their bodies',
  promise: 'Others are served as if they were not there; slow headers are refused with 408 or closed within 95 s.',
  length: 'quick',
  needs: ['own-gateway'],
  boundSeconds: 130,
  async run(bench) {
    const gateway = await bench.startGateway({ models: modelsFor('c7', { forms: ['chat'] }) });
    const before = await timesOf(gateway, 40);
    const began = performance.now();
    const heads = Array.from({ length: SLOW }, () =>
      dribble(bench, gateway.port, 'POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nx-filler: '),
    );
    const bodies = Array.from({ length: SLOW / 2 }, () =>
      dribble(
        bench,
        gateway.port,
        'POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nContent-Length: 100000\r\n\r\n{"model":"c7-chat","x":"',
      ),
    );
    await sleep(500);
    const during = await timesOf(gateway, 40);
    const took = await until('all slow headers are gone', () => heads.every(({ gone }) => gone), GONE_WITHIN_MS);
    withinMs(quantile(during, 0.5), Math.max(50, 3 * quantile(before, 0.5)), 'p50 of others, ms');
    const bodiesGone = bodies.filter(({ gone }) => gone).length;
    return pass('others unharmed, slow headers refused', {
      'p50 before ms': quantile(before, 0.5),
      'p50 beside them ms': quantile(during, 0.5),
      'slow headers gone after s': (took + 500) / 1000,
      'slow bodies gone by then': `${bodiesGone} of ${bodies.length}`,
      'connections held for s': (performance.now() - began) / 1000,
    });
  },
};

async function timesOf(gateway: GatewayProcess, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let asked = 0; asked < count; asked++) {
    const answer = await ask(gateway.origin, { model: 'c7-chat' });
    due(answer, 'complete', 'beside slow senders');
    times.push(answer.totalMs);
  }
  return times;
}

function dribble(bench: Bench, port: number, first: string): { gone: boolean; readonly socket: Socket } {
  const socket = connect({ port, host: '127.0.0.1' });
  const state = { gone: false, socket };
  socket
    .on('error', () => {})
    .on('close', () => {
      state.gone = true;
      clearInterval(timer);
    });
  socket.resume();
  socket.write(first);
  const timer = setInterval(() => socket.write('y'), 1000);
  bench.onEnd(() => {
    clearInterval(timer);
    socket.destroy();
  });
  return state;
}

const tooLarge: FaultRow = {
  id: 'C8',
  title: 'a body of more than 32 MB: declared, in chunks, in all three shapes',
  promise: 'A 413 in the client’s shape: a declared one before a byte of it is read, chunks at the bound; memory stays bounded.',
  length: 'quick',
  needs: ['own-gateway', 'linux'],
  async run(bench) {
    const gateway = await bench.startGateway({ models: modelsFor('c8'), workers: 1 });
    const memory = memoryOf(gateway.workers());
    const took: number[] = [];
    for (const path of ['/v1/chat/completions', '/v1/messages', '/v1/responses']) {
      const type = path === '/v1/messages' ? '"type":"request_too_large"' : '"code":';
      const declared = await speak(gateway.port, `POST ${path} HTTP/1.1\r\nHost: g\r\nContent-Length: ${33 * MB}\r\n\r\n`, {
        patience: 5_000,
      });
      equal(declared.status, 413, `${path}: status for a declared length`);
      ok(declared.text.includes(type), `${path}: ${declared.text.slice(-200)}`);
      took.push(declared.ms);
    }
    const chunked = await pourChunks(gateway.port, 40 * MB);
    equal(chunked.status, 413, 'status for chunks');
    atMost(chunked.sent / MB, 40, 'MB that were sent');
    const growth = memory.stop();
    equal(bench.wall.callsOf('c8-*').length, 0, 'requests upstream');
    withinMs(Math.max(...took), 1_000, 'ms to refuse a declared one');
    atMost(growth / MB, 120, 'growth of memory, MB');
    return pass('413, before it was read', {
      'declared: ms': Math.max(...took),
      'chunks: MB until refused': chunked.sent / MB,
      'growth MB': growth / MB,
    });
  },
};

function pourChunks(port: number, most: number): Promise<{ status: number; sent: number }> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const piece = `10000\r\n${'z'.repeat(65_536)}\r\n`;
    let sent = 0;
    let text = '';
    const over = (): void => {
      socket.destroy();
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), sent });
    };
    const pour = (): void => {
      while (sent < most && text === '') {
        sent += 65_536;
        if (!socket.write(piece)) return;
      }
    };
    socket.setEncoding('latin1').on('data', (heard: string) => {
      text += heard;
      if (text.includes('\r\n\r\n')) over();
    });
    socket.on('error', over).on('close', over).on('drain', pour);
    socket.write('POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n');
    pour();
  });
}

const shortBody: FaultRow = {
  id: 'C9',
  title: 'a body shorter than its Content-Length, then the end',
  promise: 'Nothing goes upstream, nothing is logged as an error, the next request is served.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const gateway = await bench.startGateway({ models: modelsFor('c9') });
    const pids = gateway.workers();
    for (const path of ['/v1/chat/completions', '/v1/messages', '/v1/responses'])
      for (const how of ['finish', 'reset'] as const) {
        const bytes = `POST ${path} HTTP/1.1\r\nHost: g\r\nContent-Length: 1000\r\n\r\n{"model":"c9-chat","messages":[]}`;
        await speak(gateway.port, bytes, {
          finish: how === 'finish',
          patience: 1_000,
          onOpen: (socket) => void (how === 'reset' && setTimeout(() => socket.resetAndDestroy(), 100)),
        });
      }
    due(await ask(gateway.origin, { model: 'c9-chat' }), 'complete', 'afterwards');
    equal(bench.wall.callsOf('c9-*').length, 1, 'requests upstream, the last one included');
    const errors = gateway.log().filter(({ level }) => Number(level) >= 50);
    equal(errors.length, 0, `errors logged: ${JSON.stringify(errors[0])}`);
    equal(gateway.workers(), pids, 'workers');
    return pass('nothing went upstream', { 'requests upstream': 0, 'errors logged': 0 });
  },
};

const IDLE = 10_000;
const BATCH = 500;

const idleConnections: FaultRow = {
  id: 'C11',
  title: '10 000 connections that send nothing',
  promise: 'Requests beside them are served as before, one descriptor a connection, and all are given back.',
  length: 'quick',
  needs: ['own-gateway', 'linux'],
  alone: true,
  boundSeconds: 90,
  async run(bench) {
    const gateway = await bench.startGateway({ models: modelsFor('c7', { forms: ['chat'] }) });
    const [before, descriptors] = [await timesOf(gateway, 100), total(gateway)];
    const sockets: Socket[] = [];
    bench.onEnd(() => sockets.map((socket) => socket.destroy()));
    const memory = memoryOf(gateway.workers());
    let connected = 0;
    let refused = false;
    for (let opened = 0; opened < IDLE; opened += BATCH) {
      for (let index = 0; index < BATCH; index++) {
        const socket = connect({ port: gateway.port, host: '127.0.0.1' }, () => connected++);
        socket.on('error', (error: NodeJS.ErrnoException) => {
          if (error.code === 'EMFILE') refused = true;
        });
        sockets.push(socket);
      }
      await until('they are connected', () => connected >= opened + BATCH || refused, 15_000);
      if (refused) throw new NotRun(`this machine allows ${connected} descriptors only`);
    }
    await until('the gateway has them all', () => total(gateway) - descriptors >= IDLE, 15_000);
    const held = total(gateway) - descriptors;
    const during = await timesOf(gateway, 100);
    const growth = memory.stop();
    for (const socket of sockets) socket.destroy();
    await until('descriptors are given back', () => total(gateway) - descriptors < 50, 15_000);
    withinMs(quantile(during, 0.9), Math.max(30, 3 * quantile(before, 0.9)), 'p90 beside them, ms');
    return pass('requests unharmed', {
      'p90 before ms': quantile(before, 0.9),
      'p90 beside them ms': quantile(during, 0.9),
      'descriptors held': held,
      'KB a connection': growth / 1024 / IDLE,
    });
  },
};

function total(gateway: GatewayProcess): number {
  return [gateway.pid, ...gateway.workers()].reduce((sum, pid) => sum + descriptorsOf(pid), 0);
}

const expectContinue: FaultRow = {
  id: 'C13',
  title: 'Expect: 100-continue with a wrong key; with the right one',
  promise: 'Refused with 401 without asking for the body; the right key is told to go on and served.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const gateway = await bench.startGateway({ models: modelsFor('c13', { forms: ['chat'] }), config: { clients: ONE_CLIENT } });
    const request = (key: string): [head: string, body: string] => {
      const [head = '', body = ''] = rawRequest({ model: 'c13-chat', key }, 'Expect: 100-continue', 'Connection: close').split(
        '\r\n\r\n',
      );
      return [`${head}\r\n\r\n`, body];
    };
    const [wrong] = request('sk-nobody');
    const refused = await speak(gateway.port, wrong, { patience: 3_000 });
    equal(refused.status, 401, 'status for a wrong key');
    ok(!refused.text.includes('100 Continue'), 'the body was asked for');
    const [head, body] = request(CANARIES.clientKey);
    const served = await speak(gateway.port, head, {
      onOpen: (socket) => socket.once('data', () => socket.write(body)),
    });
    ok(served.text.startsWith('HTTP/1.1 100 Continue'), `the right key was not told to go on: ${served.text.slice(0, 100)}`);
    equal(served.status, 200, 'status for the right key');
    dueError(await ask(gateway.origin, { model: 'c13-chat', key: 'sk-nobody' }), 401, 'without Expect');
    return pass('401 before the body', { 'bytes of the body read': 0 });
  },
};

export const CLIENT_SENDS_ROWS: readonly FaultRow[] = [slowSenders, tooLarge, shortBody, idleConnections, expectContinue];
