/** When a connection carries another request, and when it must not. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { until } from '../../test/helpers/primary-process.js';
import { type Answerer, answerOf, ask, RawUpstream } from '../../test/helpers/raw-upstream.js';
import { createSocketUpstream } from './socket.js';

const OK = answerOf('ok');
/** As long as a connection must be idle for its closing to mean that the request was never seen. */
const LONG_IDLE = 1_100;
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

async function start(t: Test, answerer: Answerer, connectTimeout = 5_000) {
  const server = await RawUpstream.start(t, answerer);
  const upstream = createSocketUpstream(server.origin, { connectTimeout });
  t.teardown(() => upstream.close());
  return { server, upstream };
}

const write =
  (text: string): Answerer =>
  (socket) =>
    socket.write(text, 'latin1');

test('a connection carries one request after the other', async (t) => {
  const { server, upstream } = await start(t, (socket, { turn }) => {
    socket.write(turn % 2 ? OK : `${CHUNKED}2\r\nok\r\n0\r\n\r\n`);
  });
  for (let turn = 0; turn < 6; turn++) t.match(await ask(upstream).outcome, { status: 200, payload: 'ok', end: 'complete' });
  t.equal(server.sockets.length, 1);
});

test('requests at the same time have a connection each, and these are kept', async (t) => {
  const { server, upstream } = await start(t, write(OK));
  for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 20 }, () => ask(upstream).outcome));
  t.equal(server.requests.length, 60);
  t.equal(server.sockets.length, 20);
});

test('a kept connection that the upstream closes is not used again', async (t) => {
  const { server, upstream } = await start(t, write(OK));
  await ask(upstream).outcome;
  server.sockets[0]?.end();
  await sleep(50);
  t.match(await ask(upstream).outcome, { end: 'complete' });
  t.equal(server.sockets.length, 2);
  t.equal(server.requests.length, 2);
});

test('an idle connection that closes as we send: the request goes out again, once, on a new connection', async (t) => {
  for (const close of [
    (socket: Socket) => socket.resetAndDestroy(),
    (socket: Socket) => socket.end(),
    (socket: Socket) => socket.destroy(),
  ]) {
    const { server, upstream } = await start(t, (socket, { connection, turn }) => {
      if (turn === 0 && connection === 0) socket.write(OK);
      else if (connection === 0) close(socket);
      else socket.write(answerOf('again'));
    });
    await ask(upstream).outcome;
    await sleep(LONG_IDLE);
    const body = Buffer.alloc(100_000, 'b');
    t.match(await ask(upstream, { body }).outcome, { status: 200, payload: 'again', end: 'complete' });
    t.same(
      server.requests.map(({ connection, turn }) => [connection, turn]),
      [
        [0, 0],
        [0, 1],
        [1, 0],
      ],
    );
    t.equal(server.requests[1]?.body, server.requests[2]?.body);
  }
});

test('closed on the new connection too: broken, not sent a third time', async (t) => {
  const { server, upstream } = await start(t, (socket, { connection, turn }) => {
    if (turn === 0 && connection === 0) socket.write(OK);
    else socket.resetAndDestroy();
  });
  await ask(upstream).outcome;
  await sleep(LONG_IDLE);
  t.match(await ask(upstream).outcome, { end: 'broken', status: undefined });
  t.equal(server.requests.length, 3);
});

test('a connection that was in use a moment ago and closes as we send: broken, as the request may have been seen', async (t) => {
  const { server, upstream } = await start(t, (socket, { turn }) => {
    if (turn === 0) socket.write(OK);
    else socket.resetAndDestroy();
  });
  await ask(upstream).outcome;
  t.match(await ask(upstream).outcome, { end: 'broken' });
  t.equal(server.requests.length, 2);
});

test('a request on a new connection is never sent again', async (t) => {
  const { server, upstream } = await start(t, (socket) => socket.end());
  t.match(await ask(upstream).outcome, { end: 'broken' });
  t.equal(server.requests.length, 1);
});

test('once a byte of the answer has come the request is never sent again', async (t) => {
  for (const begun of ['H', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel']) {
    const { server, upstream } = await start(t, (socket, { turn }) => {
      if (turn === 0) socket.write(OK);
      else socket.end(begun);
    });
    await ask(upstream).outcome;
    await sleep(LONG_IDLE);
    t.match(await ask(upstream).outcome, { end: 'broken' });
    t.equal(server.requests.length, 2, begun);
  }
});

test('a connection is left after close, HTTP/1.0, an answer without length, or surplus bytes', async (t) => {
  const answers: Record<string, string> = {
    close: answerOf('ok', 'Connection: close'),
    'HTTP/1.0': OK.replace('1.1', '1.0'),
    surplus: `${OK}HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhacked`,
    'surplus line end': `${OK}\r\n`,
    'surplus behind chunks': `${CHUNKED}2\r\nok\r\n0\r\n\r\n${OK}`,
    'no time left': answerOf('ok', 'keep-alive: timeout=1'),
  };
  for (const [name, answer] of Object.entries(answers)) {
    const { server, upstream } = await start(t, write(answer));
    for (let turn = 0; turn < 3; turn++) t.match(await ask(upstream).outcome, { payload: 'ok', end: 'complete' }, name);
    t.equal(server.sockets.length, 3, name);
    await until(() => server.open === 0);
  }
});

test('a connection is kept no longer than the upstream says', async (t) => {
  const { server, upstream } = await start(t, write(answerOf('ok', 'Keep-Alive: timeout=2')));
  await ask(upstream).outcome;
  await ask(upstream).outcome;
  t.equal(server.sockets.length, 1);
  await until(() => server.open === 0);
  await ask(upstream).outcome;
  t.equal(server.sockets.length, 2);
});

test('a loop that was held up does not use a connection whose time is over', async (t) => {
  const { server, upstream } = await start(t, write(answerOf('ok', 'Keep-Alive: timeout=2')));
  await ask(upstream).outcome;
  const end = performance.now() + 1_050;
  while (performance.now() < end);
  t.match(await ask(upstream).outcome, { end: 'complete' });
  t.equal(server.sockets.length, 2);
});

test('bytes on an idle connection close it, and answer nothing', async (t) => {
  for (const bytes of ['HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhacked', 'HTTP/1.1 408 Request Timeout\r\n\r\n', '\0']) {
    const { server, upstream } = await start(t, write(OK));
    await ask(upstream).outcome;
    server.sockets[0]?.write(bytes);
    await until(() => server.open === 0);
    t.match(await ask(upstream).outcome, { payload: 'ok', end: 'complete' });
    t.equal(server.sockets.length, 2);
  }
});

test('an answer that comes before the request is all sent ends the connection', async (t) => {
  const server = await RawUpstream.start(t, () => {}, {
    onConnection: (socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno');
      });
      return true;
    },
  });
  const upstream = createSocketUpstream(server.origin, { connectTimeout: 5_000 });
  t.teardown(() => upstream.close());
  t.match(await ask(upstream, { body: Buffer.alloc(20_000_000) }).outcome, { status: 413, payload: 'no', end: 'complete' });
  await ask(upstream).outcome;
  t.equal(server.sockets.length, 2);
});

test('an early answer is heard although the upstream then closes upon our upload', async (t) => {
  for (let round = 0; round < 10; round++) {
    const server = await RawUpstream.start(t, () => {}, {
      onConnection: (socket) => {
        socket.once('data', () => {
          socket.end('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno');
        });
        return true;
      },
    });
    const upstream = createSocketUpstream(server.origin, { connectTimeout: 5_000 });
    t.match(await ask(upstream, { body: Buffer.alloc(5_000_000) }).outcome, { status: 413, payload: 'no', end: 'complete' });
    await upstream.close();
  }
});

test('a stopped request leaves its connection closed and is silent from then on', async (t) => {
  const { server, upstream } = await start(t, (socket, { connection }) => {
    socket.write(connection === 0 ? `${CHUNKED}2\r\nok\r\n` : OK);
  });
  const calls: string[] = [];
  const asked = ask(upstream, {
    onHeaders: () => calls.push('headers'),
    onData: (exchange) => {
      calls.push('data');
      exchange.stop();
      exchange.stop();
    },
    onEnd: () => calls.push('end'),
  });
  await until(() => calls.length === 2 && server.open === 0);
  t.match(await ask(upstream).outcome, { payload: 'ok' });
  t.equal(server.sockets.length, 2);
  asked.exchange.pause();
  asked.exchange.resume();
  t.same(calls, ['headers', 'data']);
});

test('an exchange that is over has no hold on the connection it was on', async (t) => {
  const { server, upstream } = await start(t, write(OK));
  const first = ask(upstream, { onEnd: (exchange) => exchange.pause() });
  await first.outcome;
  first.exchange.pause();
  t.match(await ask(upstream).outcome, { payload: 'ok', end: 'complete' }, 'paused at the end');
  const third = ask(upstream);
  first.exchange.stop();
  t.match(await third.outcome, { payload: 'ok', end: 'complete' }, 'stopped by one that is over');
  t.equal(server.sockets.length, 1);
});

test('a request sent from within the end of another has the connection at once', async (t) => {
  const { server, upstream } = await start(t, write(OK));
  const inner = new Promise((resolve) => {
    ask(upstream, {
      onData: (exchange) => exchange.pause(),
      onEnd: () => resolve(ask(upstream).outcome),
    });
  });
  t.match(await inner, { payload: 'ok', end: 'complete' });
  t.equal(server.sockets.length, 1);
});

test('close ends idle connections at once, waits for running requests, and may be called twice', async (t) => {
  let finish = (): void => {};
  const { server, upstream } = await start(t, (socket, { head }) => {
    if (head.startsWith('POST /slow')) finish = () => socket.write(OK);
    else socket.write(OK);
  });
  const slow = ask(upstream, { path: '/slow' });
  await ask(upstream).outcome;
  await until(() => server.requests.length === 2);
  let closed = 0;
  const both = [upstream.close().then(() => closed++), upstream.close().then(() => closed++)];
  await until(() => server.open === 1);
  t.equal(closed, 0);
  finish();
  t.match(await slow.outcome, { payload: 'ok', end: 'complete' });
  await Promise.all(both);
  await until(() => server.open === 0);
  t.equal(closed, 2);
});

test('close waits for a request that goes out again', async (t) => {
  let socketOfFirst: Socket | undefined;
  const { server, upstream } = await start(t, (socket, { connection, turn }) => {
    if (turn === 0) setTimeout(() => socket.write(OK), connection * 100);
    else socketOfFirst = socket;
  });
  await ask(upstream).outcome;
  await sleep(LONG_IDLE);
  let answered = false;
  const again = ask(upstream, {
    onEnd: () => {
      answered = true;
    },
  });
  await until(() => socketOfFirst !== undefined);
  const closed = upstream.close();
  socketOfFirst?.resetAndDestroy();
  await closed;
  t.equal(answered, true);
  t.match(await again.outcome, { payload: 'ok', end: 'complete' });
  await until(() => server.open === 0);
});
