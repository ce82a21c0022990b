/** U: connections that are refused, reset, silent or closed at the wrong moment. */

import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { makeCertificate } from '../../bars/certificate.js';
import type { Bench } from '../bench.js';
import { signal } from '../children.js';
import { ask } from '../client/ask.js';
import { equal, ok, quantile, until, withinMs } from '../expect.js';
import { FORMS, LIMIT_MS, type ModelWish, modelsFor } from '../gateway-config.js';
import { type FaultRow, type Finding, pass } from '../row.js';
import { askAll, begin, due, dueError, nameOf, strikeFirst, waysModels, waysOf } from './ways.js';

/** Nobody listens there. */
const REFUSING = 'http://127.0.0.1:1';

const refused: FaultRow = {
  id: 'U1',
  title: 'connection refused',
  promise:
    'The next target answers within a second; where there is none the caller has a 502 in its own shape as soon. One attempt a target.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [
    ...FORMS.map(
      (form): ModelWish => ({
        model: `u1-${form}`,
        places: [
          { upstream: `u1-${form}-a`, form, baseUrl: REFUSING, credentials: 4 },
          { upstream: `u1-${form}-b`, form, priority: 2 },
        ],
      }),
    ),
    ...FORMS.map(
      (form): ModelWish => ({ model: `u1-none-${form}`, places: [{ upstream: `u1-none-${form}-a`, form, baseUrl: REFUSING }] }),
    ),
  ],
  async run(bench) {
    const { origin } = await bench.shared();
    const took: number[] = [];
    for (const form of FORMS)
      for (const stream of [true, false]) {
        const answer = await ask(origin, { form, stream, model: `u1-${form}` });
        due(answer, 'complete', `${form}, with a second target`);
        equal(bench.wall.attemptsOf(answer.requestId).length, 1, 'attempts at the second target');
        took.push(answer.headersMs);
      }
    const failed: number[] = [];
    for (const form of FORMS) {
      const answer = await ask(origin, { form, model: `u1-none-${form}` });
      dueError(answer, [502, 503], `${form}, no other target`);
      failed.push(answer.totalMs);
    }
    withinMs(Math.max(...took, ...failed), 1000, 'slowest answer, ms');
    return pass('the second target answered; without one a 502', {
      'next target ms': Math.max(...took),
      'error ms': Math.max(...failed),
    });
  },
};

const STOPPED_SERVER = `
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;

const backlogFull: FaultRow = {
  id: 'U2',
  title: 'accept queue full, process stopped',
  promise: 'The attempt ends at the connect limit and another target answers: within the limit and 1.5 s.',
  length: 'quick',
  needs: ['own-gateway', 'linux'],
  async run(bench) {
    const port = await stoppedServer(bench);
    const models: ModelWish[] = [
      {
        model: 'u2',
        places: [
          { upstream: 'u2-a', form: 'chat', baseUrl: `http://127.0.0.1:${port}` },
          { upstream: 'u2-b', form: 'chat', priority: 2 },
        ],
      },
    ];
    const gateway = await bench.startGateway({ models, workers: 1 });
    const answer = await ask(gateway.origin, { model: 'u2', stream: true });
    due(answer, 'complete', 'behind a full accept queue');
    withinMs(answer.totalMs, LIMIT_MS.connect + LIMIT_MS.slack, 'ms until the other target had answered');
    return pass('the other target answered', { ms: answer.totalMs, 'connect limit ms': LIMIT_MS.connect });
  },
};

/** A server that takes no connection more: its port. */
async function stoppedServer(bench: Bench): Promise<number> {
  const child = bench.spawn(process.execPath, ['-e', STOPPED_SERVER]);
  const port = await new Promise<number>((resolve) =>
    child.stdout?.once('data', (text: Buffer) => resolve(Number(text.toString()))),
  );
  signal(child.pid, 'SIGSTOP');
  // The kernel still takes backlog + 1 by itself, and drops what comes then.
  for (let filled = 0; filled < 8; filled++) {
    const socket = connect({ port, host: '127.0.0.1' }).on('error', () => {});
    bench.onEnd(() => socket.destroy());
  }
  await until('the queue is full', () => connectHangs(port), 10_000);
  return port;
}

function connectHangs(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const over = (hangs: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(hangs);
    };
    const timer = setTimeout(() => over(true), 300);
    socket.on('connect', () => over(false)).on('error', () => over(true));
  });
}

const resetOnce: FaultRow = {
  id: 'U3',
  title: 'reset before any header, once',
  promise: 'The caller has its answer after one more attempt.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('u3', { converted: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('u3', { converted: true });
    for (const { upstream } of ways) strikeFirst(bench.wall, upstream, (call) => call.hangUp('reset'));
    let slowest = 0;
    for (const stream of [false, true])
      await askAll(origin, ways, { stream }, (way, answer) => {
        due(answer, 'complete', nameOf(way));
        equal(bench.wall.attemptsOf(answer.requestId).length, 2, `${nameOf(way)}: attempts`);
        slowest = Math.max(slowest, answer.totalMs);
      });
    return pass('answered every way, whole and streamed, at the second attempt', { 'slowest ms': slowest });
  },
};

const silent: FaultRow = {
  id: 'U4',
  title: 'accepts, never answers',
  promise:
    'Another target answers within the header limit and 1.5 s, the silent upstream asked once; without another target a 504.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [...waysModels('u4', { credentials: 2, standIn: true }), ...modelsFor('u4-none')],
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('u4');
    for (const { upstream } of ways) bench.wall.on(upstream, () => {});
    for (const form of FORMS) bench.wall.on(`u4-none-${form}-a`, () => {});
    const bound = LIMIT_MS.headers + LIMIT_MS.slack;
    let slowest = 0;
    const alone = Promise.all(FORMS.map((form) => ask(origin, { form, model: `u4-none-${form}` })));
    await askAll(origin, ways, { stream: true }, (way, answer) => {
      due(answer, 'complete', nameOf(way));
      withinMs(answer.totalMs, bound, `${nameOf(way)}: ms`);
      equal(bench.wall.callsOf(way.upstream).length, 1, `${nameOf(way)}: attempts at the silent upstream`);
      slowest = Math.max(slowest, answer.totalMs);
    });
    for (const answer of await alone) {
      dueError(answer, 504, 'without another target');
      withinMs(answer.totalMs, bound, 'without another target: ms');
    }
    return pass('the other target answered; without one a 504', { 'slowest ms': slowest, 'header limit ms': LIMIT_MS.headers });
  },
};

const lateTokens: FaultRow = {
  id: 'U5',
  title: 'headers at once, then silence: before the first token, before the second',
  promise:
    'Before the first token another target answers, after the limit for it; later the stream ends in an error at the idle limit.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [...waysModels('u5', { converted: true, standIn: true }), ...waysModels('u5-two', { standIn: true })],
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('u5', { converted: true });
    const second = waysOf('u5-two');
    for (const { upstream } of ways) bench.wall.on(upstream, (call) => begin(call, 0));
    for (const { upstream } of second) bench.wall.on(upstream, (call) => begin(call, 1));
    const figures = { first: 0, second: 0 };
    await Promise.all([
      askAll(origin, ways, { stream: true }, (way, answer) => {
        due(answer, 'complete', `no first token, ${nameOf(way)}`);
        withinMs(answer.totalMs, LIMIT_MS.firstToken + LIMIT_MS.slack, `${nameOf(way)}: ms`);
        figures.first = Math.max(figures.first, answer.totalMs);
      }),
      askAll(origin, second, { stream: true }, (way, answer) => {
        due(answer, 'in-band-error', `no second token, ${nameOf(way)}`);
        withinMs(answer.totalMs, LIMIT_MS.idle + LIMIT_MS.slack, `${nameOf(way)}: ms`);
        equal(bench.wall.attemptsOf(answer.requestId).length, 1, `${nameOf(way)}: attempts`);
        figures.second = Math.max(figures.second, answer.totalMs);
      }),
    ]);
    return pass('failed over before the first token, told after it', {
      'failover ms': figures.first,
      'error ms': figures.second,
    });
  },
};

const IDLE_MS = 1_300;

const keepAliveRace: FaultRow = {
  id: 'U22',
  title: 'a connection kept idle is closed just as the next request is sent',
  promise: 'The request is sent again without the caller noticing, and is served once.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const ways = waysOf('u22');
    const gateway = await bench.startGateway({ models: waysModels('u22'), workers: 1 });
    let struck = 0;
    for (const { upstream } of ways)
      bench.wall.on(upstream, (call) => {
        if (call.turn === 0) return call.healthy();
        struck++;
        call.hangUp(struck % 2 === 0 ? 'fin' : 'reset');
      });
    for (let round = 0; round < 6; round++) {
      await askAll(gateway.origin, ways, { stream: round % 2 === 0 }, (way, answer) => {
        due(answer, 'complete', `${nameOf(way)}, round ${round}`);
        const served = bench.wall.attemptsOf(answer.requestId).filter(({ outcome }) => outcome === 'completed');
        equal(served.length, 1, `${nameOf(way)}: times served`);
      });
      await sleep(IDLE_MS);
    }
    ok(struck > 3, 'no connection was used twice, so nothing was proved');
    return pass('every request answered, served once', { requests: 18, 'closed as the request came': struck });
  },
};

const dripping: FaultRow = {
  id: 'U28',
  title: 'drips: a header byte a second; a token now and then',
  promise:
    'Headers that are not whole at their limit are given up; an answer that never ends is ended with an error at the limit for the whole request.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [...modelsFor('u28', { forms: ['chat'] }), ...waysModels('u28-slow')],
  async run(bench) {
    const { origin } = await bench.shared();
    bench.wall.on('u28-chat-a', async (call) => {
      for (const byte of 'HTTP/1.1 200 OK\r\nx-long: 12345678901234567890') {
        if (call.socket.destroyed) return;
        call.raw(byte);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    });
    for (const { upstream } of waysOf('u28-slow')) bench.wall.on(upstream, (call) => call.healthy({ tokens: 60, pause: 1000 }));
    const began = ask(origin, { model: 'u28-chat' });
    let slowest = 0;
    await askAll(origin, waysOf('u28-slow'), { stream: true }, (way, answer) => {
      due(answer, 'in-band-error', nameOf(way));
      withinMs(answer.totalMs, LIMIT_MS.total + LIMIT_MS.slack, `${nameOf(way)}: ms`);
      slowest = Math.max(slowest, answer.totalMs);
    });
    const answer = await began;
    dueError(answer, 504, 'a header byte a second');
    withinMs(answer.totalMs, LIMIT_MS.headers + LIMIT_MS.slack, 'a header byte a second: ms');
    return pass('both ended at their limits', { 'headers ms': answer.totalMs, 'whole ms': slowest });
  },
};

const unverified: FaultRow = {
  id: 'U29',
  title: 'a name that does not resolve; a certificate of nobody, or of another name',
  promise: 'A 502 within 2 s; the request is never sent in the clear nor to a host that cannot prove its name.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const { port, requests } = await secureServer(bench);
    const hosts = {
      unresolved: 'https://nobody.invalid',
      unknown: `https://127.0.0.1:${port}`,
      plain: `http://127.0.0.1:${port}`,
    };
    const models = Object.entries(hosts).map(
      ([model, baseUrl]): ModelWish => ({ model, places: [{ upstream: `u29-${model}`, form: 'chat', baseUrl }] }),
    );
    // By undici too: each transport verifies for itself.
    for (const [model, baseUrl] of Object.entries(hosts))
      models.push({
        model: `${model}-undici`,
        places: [{ upstream: `u29-${model}-undici`, form: 'chat', baseUrl, transport: 'undici' }],
      });
    const gateway = await bench.startGateway({ models, workers: 1 });
    let slowest = 0;
    for (const { model } of models) {
      const answer = await ask(gateway.origin, { model });
      dueError(answer, [502, 503, 504], model);
      withinMs(answer.totalMs, 4000, `${model}: ms`);
      slowest = Math.max(slowest, answer.totalMs);
    }
    equal(requests(), 0, 'requests behind the unverified certificate');
    return pass('502 for each, over both transports', { 'slowest ms': slowest });
  },
};

async function secureServer(bench: Bench): Promise<{ port: number; requests: () => number }> {
  const certificate = await makeCertificate();
  bench.onEnd(() => certificate.remove());
  let requests = 0;
  const server = createTlsServer(
    { cert: readFileSync(certificate.certFile), key: readFileSync(certificate.keyFile) },
    (socket) => {
      socket.on('error', () => {}).on('data', () => requests++);
    },
  );
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bench.onEnd(() => server.close());
  return { port: (server.address() as { port: number }).port, requests: () => requests };
}

const hangingStreams: FaultRow = {
  id: 'U30',
  title: 'streams hang on an upstream while it serves others',
  promise: 'Requests beside them, to the same upstream, wait for nothing; the hanging ones end in an error at the idle limit.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: modelsFor('u30', { forms: ['chat'], credentials: 2 }),
  async run(bench): Promise<Finding> {
    const { origin } = await bench.shared();
    bench.wall.on('u30-chat-a', (call) => (call.request.body.includes('hang here') ? begin(call, 2) : call.healthy()));
    const hanging = Array.from({ length: 30 }, (_, index) =>
      ask(origin, { model: 'u30-chat', stream: true, prompt: `hang here ${index}` }),
    );
    await until('the streams hang', () => bench.wall.callsOf('u30-chat-a').length >= 30);
    const took: number[] = [];
    for (let asked = 0; asked < 60; asked++) {
      const answer = await ask(origin, { model: 'u30-chat', stream: asked % 2 === 0 });
      due(answer, 'complete', 'beside hanging streams');
      took.push(answer.totalMs);
    }
    for (const answer of await Promise.all(hanging)) due(answer, 'in-band-error', 'a hanging stream');
    due(await ask(origin, { model: 'u30-chat' }), 'complete', 'afterwards');
    withinMs(quantile(took, 0.99), 1000, 'p99 of the others, ms');
    return pass('others unharmed', { hanging: hanging.length, 'p50 ms': quantile(took, 0.5), 'p99 ms': quantile(took, 0.99) });
  },
};

export const CONNECTION_ROWS: readonly FaultRow[] = [
  refused,
  backlogFull,
  resetOnce,
  silent,
  lateTokens,
  keepAliveRace,
  dripping,
  unverified,
  hangingStreams,
];
