/** What every transport promises (`upstream.ts`), run over each of them against servers that speak bytes. */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { test } from 'tap';
import { until } from '../../test/helpers/primary-process.js';
import { answerOf, ask, RawUpstream } from '../../test/helpers/raw-upstream.js';
import type { Upstream } from './upstream.js';

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Twice: a\r\nX-Twice: b\r\n\r\n';

/** `create` makes an upstream for an origin. */
export function upstreamContract(name: string, create: (origin: string) => Upstream): void {
  test(`${name}: an answer is headers, data and one end, in each framing`, async (t) => {
    const server = await RawUpstream.start(t, (socket, { head }) => {
      if (head.startsWith('POST /chunked')) socket.write(`${CHUNKED}2\r\nh\xff\r\n3\r\nllo\r\n0\r\n\r\n`, 'latin1');
      else if (head.startsWith('POST /length')) socket.write(answerOf('h\xffllo'), 'latin1');
      else socket.end('HTTP/1.1 200 OK\r\n\r\nh\xffllo', 'latin1');
    });
    const upstream = create(server.origin);
    for (const path of ['/chunked', '/length', '/close']) {
      const { status, payload, end, headers } = await ask(upstream, { path }).outcome;
      t.same([status, payload, end], [200, 'h\xffllo', 'complete'], path);
      if (path === '/chunked') t.equal(headers?.get('x-twice'), 'b', 'lower-case names, the last of a repeated one');
    }
    await upstream.close();
  });

  test(`${name}: the request is the method, path, headers and body given`, async (t) => {
    const server = await RawUpstream.start(t, (socket) => socket.write(answerOf('ok')));
    const upstream = create(server.origin);
    const body = Buffer.alloc(100_000, 'a\xff\0', 'latin1');
    await ask(upstream, { path: '/v1/x?y=z', headers: ['X-One', 'a \xe4'], body }).outcome;
    // undici frees a connection a moment after its last word.
    await sleep(50);
    await ask(upstream, { method: 'GET', body: null }).outcome;
    const [post, get] = server.requests;
    t.match(post?.head, /^POST \/v1\/x\?y=z HTTP\/1\.1\r\n/);
    t.match(post?.head, /\r\nX-One: a \xe4\r\n/);
    t.match(post?.head, `\r\nhost: 127.0.0.1:${server.port}\r\n`);
    t.equal(post?.body, body.toString('latin1'));
    t.match(get?.head, /^GET \/ HTTP\/1\.1\r\n/);
    t.equal(server.sockets.length, 1, 'one connection for both');
    await upstream.close();
  });

  test(`${name}: no connection is connect, a cut or faulty answer is broken`, async (t) => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const nobody = create(`http://127.0.0.1:${port}`);
    t.match(await ask(nobody).outcome, { end: 'connect', status: undefined });
    await nobody.close();
    for (const bytes of [
      '',
      'HTTP/1.1 200 OK\r\n',
      `${CHUNKED}5\r\nhel`,
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel',
      'no HTTP\r\n\r\n',
    ]) {
      const server = await RawUpstream.start(t, (socket) => socket.end(bytes));
      const upstream = create(server.origin);
      t.match(await ask(upstream).outcome, { end: 'broken' }, JSON.stringify(bytes));
      await upstream.close();
    }
  });

  test(`${name}: a plain server where TLS was to be is connect`, async (t) => {
    const server = await RawUpstream.start(t, () => {}, {
      onConnection: (socket) => socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')) !== undefined,
    });
    const upstream = create(server.origin.replace('http:', 'https:'));
    t.match(await ask(upstream).outcome, { end: 'connect', status: undefined });
    await upstream.close();
  });

  test(`${name}: a value that would split a header fails by the listener, without being named`, async (t) => {
    const server = await RawUpstream.start(t, (socket) => socket.write(answerOf('ok')));
    const upstream = create(server.origin);
    for (const value of ['secret\r\nx: y', 'secret\n', 'secret\0', 'secret\u010a']) {
      const { end, cause } = await ask(upstream, { headers: ['authorization', value] }).outcome;
      t.equal(end, 'broken');
      t.notMatch(inspect(cause), /secret/);
    }
    t.same(server.requests, []);
    await upstream.close();
  });

  test(`${name}: nothing is heard after stop, at whatever moment, and the connection closes`, async (t) => {
    const server = await RawUpstream.start(t, (socket) => socket.write(`${CHUNKED}2\r\nhi\r\n`));
    const upstream = create(server.origin);
    const calls: string[] = [];
    const early = ask(upstream, { onHeaders: () => calls.push('early') });
    early.exchange.stop();
    ask(upstream, {
      onHeaders: (exchange) => {
        calls.push('headers');
        exchange.stop();
      },
      onData: () => calls.push('data'),
      onEnd: () => calls.push('end'),
    });
    await until(() => calls.includes('headers') && server.open === 0);
    await sleep(50);
    t.same(calls, ['headers']);
    await upstream.close();
  });

  test(`${name}: a paused exchange stops the upstream, and loses nothing`, async (t) => {
    const block = 'x'.repeat(65_536);
    let written = 0;
    const server = await RawUpstream.start(t, (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${block.length * 300}\r\n\r\n`);
      const more = (): void => {
        while (written < 300) {
          written++;
          if (!socket.write(block)) return void socket.once('drain', more);
        }
      };
      more();
    });
    const upstream = create(server.origin);
    const asked = ask(upstream, { onData: (exchange) => asked.heard().length < 200_000 && exchange.pause() });
    await until(() => server.requests.length === 1);
    await sleep(300);
    t.ok(written < 300, `${written} of 300 blocks`);
    const resumer = setInterval(() => asked.exchange.resume(), 1);
    const { payload, end } = await asked.outcome;
    clearInterval(resumer);
    t.same([payload.length, end], [block.length * 300, 'complete']);
    await upstream.close();
  });

  test(`${name}: close waits for running exchanges`, async (t) => {
    const server = await RawUpstream.start(t, (socket) => setTimeout(() => socket.write(answerOf('ok')), 100));
    const upstream = create(server.origin);
    const { outcome } = ask(upstream);
    await until(() => server.requests.length === 1);
    await upstream.close();
    t.match(await outcome, { payload: 'ok', end: 'complete' });
    await until(() => server.open === 0);
  });
}
