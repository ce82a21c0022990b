/** What goes wrong, and what it is called: `connect` where no connection came about, `broken` after that. */
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { test } from 'tap';
import { until } from '../../test/helpers/primary-process.js';
import { answerOf, ask, RawUpstream } from '../../test/helpers/raw-upstream.js';
import { createSocketUpstream } from './socket.js';

const options = { connectTimeout: 5_000 };
/** A port where nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('a refused connection and an unknown host are connect', async (t) => {
  for (const [origin, code] of [
    [`http://127.0.0.1:${await freePort()}`, 'ECONNREFUSED'],
    [`https://127.0.0.1:${await freePort()}`, 'ECONNREFUSED'],
    ['http://no-such-host.invalid:80', /ENOTFOUND|EAI_AGAIN/],
  ] as const) {
    const upstream = createSocketUpstream(origin, options);
    t.match(await ask(upstream).outcome, { end: 'connect', status: undefined, cause: { code } }, origin);
    await upstream.close();
  }
});

test('a connection that takes too long is connect, TLS included', async (t) => {
  // Accepts and says nothing: a TLS handshake never ends.
  const server = await RawUpstream.start(t, () => {}, { onConnection: (socket) => socket.resume() !== undefined });
  const upstream = createSocketUpstream(`https://127.0.0.1:${server.port}`, { connectTimeout: 200 });
  t.match(await ask(upstream).outcome, { end: 'connect', cause: { message: /no connection after 200 ms/ } });
  await until(() => server.open === 0);
  await upstream.close();
});

test('the time to connect is not the time to answer', async (t) => {
  const server = await RawUpstream.start(t, (socket) => setTimeout(() => socket.write(answerOf('ok')), 400));
  const upstream = createSocketUpstream(server.origin, { connectTimeout: 200 });
  t.match(await ask(upstream).outcome, { payload: 'ok', end: 'complete' });
  await upstream.close();
});

test('TLS spoken to a plain server is connect', async (t) => {
  const server = await RawUpstream.start(t, () => {}, {
    onConnection: (socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      return true;
    },
  });
  const upstream = createSocketUpstream(`https://127.0.0.1:${server.port}`, options);
  t.match(await ask(upstream).outcome, { end: 'connect', status: undefined });
  await upstream.close();
});

test('an answer cut by end or reset is broken, at whatever point', async (t) => {
  const whole = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';
  for (const cut of [0, 10, 40, 47, 50, 55, 58, whole.length - 1])
    for (const how of ['end', 'reset'] as const) {
      const server = await RawUpstream.start(t, (socket) => {
        socket.write(whole.slice(0, cut), () => (how === 'end' ? socket.end() : setTimeout(() => socket.resetAndDestroy(), 20)));
      });
      const upstream = createSocketUpstream(server.origin, options);
      const { end, payload } = await ask(upstream).outcome;
      t.equal(end, 'broken', `${how} after ${cut}`);
      t.ok('hello'.startsWith(payload));
      await upstream.close();
    }
});

test('an answer until the connection ends is complete by an end, broken by a reset', async (t) => {
  for (const how of ['end', 'reset'] as const) {
    const server = await RawUpstream.start(t, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nhello');
      setTimeout(() => (how === 'end' ? socket.end() : socket.resetAndDestroy()), 50);
    });
    const upstream = createSocketUpstream(server.origin, options);
    t.match(await ask(upstream).outcome, { end: how === 'end' ? 'complete' : 'broken', payload: 'hello' });
    await upstream.close();
  }
});

test('an answer that breaks the rules is broken, its connection closed', async (t) => {
  const server = await RawUpstream.start(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n');
  });
  const upstream = createSocketUpstream(server.origin, options);
  t.match(await ask(upstream).outcome, { end: 'broken', status: undefined, cause: { name: 'ResponseFault' } });
  await until(() => server.open === 0);
  await upstream.close();
});

test('a flood of interim heads or of header bytes ends the connection', async (t) => {
  for (const flood of ['HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1_000), `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1_000)}`]) {
    const server = await RawUpstream.start(t, (socket) => {
      const timer = setInterval(() => socket.write(flood), 1);
      socket.on('close', () => clearInterval(timer));
    });
    const upstream = createSocketUpstream(server.origin, options);
    t.match(await ask(upstream).outcome, { end: 'broken' });
    await until(() => server.open === 0);
    await upstream.close();
  }
});

test('a request that cannot be written fails by its listener, later, in words without the value', async (t) => {
  const server = await RawUpstream.start(t, (socket) => socket.write(answerOf('ok')));
  const upstream = createSocketUpstream(server.origin, options);
  for (const value of ['secret\r\nx: y', 'secret\nx', 'secret\0', 'secret\u010a', 'secret\u{1f600}'])
    for (const headers of [
      ['authorization', value],
      ['a', 'b', 'c', value],
    ]) {
      const { end, cause } = await ask(upstream, { headers }).outcome;
      t.equal(end, 'broken');
      t.notMatch(inspect(cause), /secret/);
    }
  t.match(await ask(upstream, { path: '/a b' }).outcome, { end: 'broken' });
  t.same(server.requests, [], 'no byte of it has gone out');
  t.match(await ask(upstream).outcome, { end: 'complete' }, 'and others are well');
  await upstream.close();
});

test('stopped while connecting: silent, and no socket is left', async (t) => {
  const server = await RawUpstream.start(t, (socket) => socket.write(answerOf('ok')));
  const upstream = createSocketUpstream(server.origin, options);
  const ends: unknown[] = [];
  for (let turn = 0; turn < 10; turn++) {
    const { exchange, outcome } = ask(upstream);
    void outcome.then((end) => ends.push(end));
    exchange.stop();
  }
  await upstream.close();
  t.match(await ask(upstream).outcome, { end: 'complete' });
  await until(() => server.open === 0);
  t.equal(server.requests.length, 1);
  t.same(ends, []);
});

test('a listener that fails over its last word is not silenced, and costs nobody else', async (t) => {
  const server = await RawUpstream.start(t, (socket) => socket.write(answerOf('ok')));
  const upstream = createSocketUpstream(server.origin, options);
  const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
  void ask(upstream, {
    onEnd: () => {
      throw new TypeError('a bug');
    },
  });
  t.match(await uncaught, { message: 'a bug' });
  t.match(await ask(upstream).outcome, { payload: 'ok', end: 'complete' });
  await upstream.close();
});

test('a listener that fails amid the answer is told so, and its connection closed', async (t) => {
  const server = await RawUpstream.start(t, (socket) => socket.write(answerOf('ok')));
  const upstream = createSocketUpstream(server.origin, options);
  for (const at of ['onHeaders', 'onData'] as const) {
    const { end, cause } = await ask(upstream, {
      [at]: () => {
        throw new TypeError('a bug');
      },
    }).outcome;
    t.equal(end, 'broken');
    t.match(cause, { message: 'a bug' });
    await until(() => server.open === 0);
  }
  await upstream.close();
});
