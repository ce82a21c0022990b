/** Large bodies, both ways: nothing lost, nothing held. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { PausedDownload } from '../../test/helpers/paused-download.js';
import { until } from '../../test/helpers/primary-process.js';
import { answerOf, ask, RawUpstream } from '../../test/helpers/raw-upstream.js';
import { createSocketUpstream } from './socket.js';

const options = { connectTimeout: 5_000 };
const digest = (bytes: string | Buffer) =>
  createHash('sha256')
    .update(bytes as string, 'latin1')
    .digest('hex');

test('a request body of any size arrives whole', async (t) => {
  const server = await RawUpstream.start(t, (socket, { body }) => socket.write(answerOf(digest(body))));
  const upstream = createSocketUpstream(server.origin, options);
  for (const size of [0, 1, 8_191, 8_192, 8_193, 65_536, 20_000_000]) {
    const body = Buffer.alloc(size, '\x00\xff\x0d\x0a\x80abc', 'latin1');
    t.match(await ask(upstream, { body }).outcome, { payload: digest(body), end: 'complete' }, `${size} bytes`);
  }
  t.match(await ask(upstream, { method: 'GET', body: null }).outcome, { payload: digest(''), end: 'complete' });
  t.notMatch(server.requests.at(-1)?.head, /content-length/);
  t.equal(server.sockets.length, 1);
  await upstream.close();
});

test('an answer of many megabytes arrives whole, in each framing', async (t) => {
  const block = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
    .join('')
    .repeat(257);
  const body = block.repeat(150);
  const chunk = `${block.length.toString(16)}\r\n${block}\r\n`;
  const server = await RawUpstream.start(t, (socket, { head }) => {
    if (head.startsWith('POST /chunked'))
      socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(150)}0\r\n\r\n`, 'latin1');
    else if (head.startsWith('POST /length')) socket.write(answerOf(body), 'latin1');
    else socket.end(`HTTP/1.1 200 OK\r\n\r\n${body}`, 'latin1');
  });
  const upstream = createSocketUpstream(server.origin, options);
  for (const path of ['/chunked', '/length', '/close']) {
    const { payload, end } = await ask(upstream, { path }).outcome;
    t.equal(end, 'complete');
    t.equal(payload.length, body.length, path);
    t.equal(digest(payload), digest(body));
  }
  await upstream.close();
});

test('a paused exchange stops reading until it is resumed, and loses nothing', async (t) => {
  const download = new PausedDownload(400);
  const server = await RawUpstream.start(t, download.answer);
  const upstream = createSocketUpstream(server.origin, options);
  await download.check(t, upstream, () => server.requests.length === 1, 2 * 65_536);
  await upstream.close();
});

test('paused and resumed at every read, within and behind it, nothing is lost', async (t) => {
  const text = Array.from({ length: 20_000 }, (_, at) => `line ${at}\n`).join('');
  const server = await RawUpstream.start(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    for (let at = 0; at < text.length; at += 1_000) {
      const piece = text.slice(at, at + 1_000);
      socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
    }
    socket.write('0\r\n\r\n');
  });
  const upstream = createSocketUpstream(server.origin, options);
  let turn = 0;
  for (let round = 0; round < 5; round++) {
    const { payload, end } = await ask(upstream, {
      onData: (exchange) => {
        exchange.pause();
        if (turn++ % 3 === 0) exchange.resume();
        else if (turn % 3 === 1) setImmediate(() => exchange.resume());
        else setTimeout(() => exchange.resume(), 1);
      },
    }).outcome;
    t.equal(end, 'complete');
    t.ok(payload === text);
  }
  t.equal(server.sockets.length, 1);
  await upstream.close();
});

test('paused before there is a connection: no byte of the body comes until resumed', async (t) => {
  const server = await RawUpstream.start(t, (socket) => socket.write(answerOf('ok')));
  const upstream = createSocketUpstream(server.origin, options);
  const asked = ask(upstream);
  asked.exchange.pause();
  await until(() => server.requests.length === 1);
  await sleep(100);
  t.equal(asked.heard(), '');
  asked.exchange.resume();
  t.match(await asked.outcome, { payload: 'ok', end: 'complete' });
  t.match(await ask(upstream).outcome, { payload: 'ok', end: 'complete' });
  t.equal(server.sockets.length, 1);
  await upstream.close();
});

test('an upstream that closes while we are paused is heard to its end', async (t) => {
  const server = await RawUpstream.start(t, (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_000)}`);
    setTimeout(() => socket.end('y'.repeat(300_000)), 50);
  });
  const upstream = createSocketUpstream(server.origin, options);
  const asked = ask(upstream, { onHeaders: (exchange) => exchange.pause() });
  await sleep(300);
  t.ok(asked.heard().length <= 65_536);
  asked.exchange.resume();
  const { payload, end } = await asked.outcome;
  t.equal(end, 'complete');
  t.equal(payload.length, 301_000);
  await upstream.close();
});
