/**
 * The socket client over TLS, against an authority made for this run. Node reads further authorities at its start
 * alone, so this file makes the keys and runs itself again.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { type Test, test } from 'tap';
import { PausedDownload } from '../../test/helpers/paused-download.js';
import { until } from '../../test/helpers/primary-process.js';
import { type Answerer, answerOf, ask, RawUpstream, type RawUpstreamOptions } from '../../test/helpers/raw-upstream.js';
import { createSocketUpstream } from './socket.js';

const folder = process.env.TIDEGATE_TEST_KEYS;
const options = { connectTimeout: 10_000 };
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

function makeKeys(into: string): void {
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: into, stdio: 'pipe' });
  const newKey = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  run(...newKey, '-x509', '-days', '1', '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.pem');
  const names = { good: 'IP:127.0.0.1,IP:::1,DNS:localhost', elsewhere: 'DNS:elsewhere.example', foreign: 'IP:127.0.0.1' };
  for (const [name, subjects] of Object.entries(names)) {
    const by = name === 'foreign' ? [] : ['-CA', 'ca.pem', '-CAkey', 'ca.key'];
    const own = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${subjects}`, '-addext', 'basicConstraints=CA:FALSE'];
    run(...newKey, '-x509', '-days', '1', ...by, ...own, '-keyout', `${name}.key`, '-out', `${name}.pem`);
  }
}

async function start(t: Test, answerer: Answerer, more: RawUpstreamOptions = {}, certificate = 'good') {
  const read = (kind: string) => readFileSync(join(folder ?? '', `${certificate}.${kind}`));
  const server = await RawUpstream.start(t, answerer, { ...more, tls: { key: read('key'), cert: read('pem'), ...more.tls } });
  const upstream = createSocketUpstream(server.origin, options);
  t.teardown(() => upstream.close());
  return { server, upstream };
}

const ok: Answerer = (socket) => socket.write(answerOf('ok'));

if (folder === undefined)
  test('with an authority of its own', async (t) => {
    const into = t.testdir();
    makeKeys(into);
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(into, 'ca.pem'), TIDEGATE_TEST_KEYS: into };
    await t.spawn(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url)], { env }, 'the same file');
  });
else {
  test('requests and answers go over one kept connection', async (t) => {
    for (const version of VERSIONS) {
      const tls = { minVersion: version, maxVersion: version };
      const { server, upstream } = await start(t, (socket, { body }) => socket.write(answerOf(body)), { tls });
      for (const body of ['a', 'b'.repeat(100_000), 'c'])
        t.match(await ask(upstream, { body: Buffer.from(body) }).outcome, { payload: body, end: 'complete' });
      t.equal(server.sockets.length, 1);
      t.equal((server.sockets[0] as TLSSocket).alpnProtocol, false);
      t.match(server.requests[0]?.head, `\r\nhost: 127.0.0.1:${server.port}\r\n`);
    }
  });

  test('HTTP/1.1 is what is agreed upon where the upstream asks', async (t) => {
    const { server, upstream } = await start(t, ok, { tls: { ALPNProtocols: ['h2', 'http/1.1'] } });
    t.match(await ask(upstream).outcome, { end: 'complete' });
    t.equal((server.sockets[0] as TLSSocket).alpnProtocol, 'http/1.1');
  });

  test('a name goes along for the upstream to choose its certificate by, an address does not', async (t) => {
    const { server } = await start(t, ok);
    for (const host of ['localhost', '127.0.0.1']) {
      const upstream = createSocketUpstream(`https://${host}:${server.port}`, options);
      t.match(await ask(upstream).outcome, { end: 'complete' }, host);
      await upstream.close();
    }
    t.same(
      server.sockets.map((socket) => (socket as TLSSocket & { servername: string | false }).servername),
      ['localhost', false],
    );
  });

  test('a certificate of a foreign authority or for another name is connect, and no byte of the request is sent', async (t) => {
    for (const certificate of ['foreign', 'elsewhere'])
      for (const version of VERSIONS) {
        let heard = '';
        const onConnection: RawUpstreamOptions['onConnection'] = (socket) => {
          socket.on('data', (bytes) => {
            heard += bytes;
          });
          return true;
        };
        const tls = { minVersion: version, maxVersion: version };
        const { upstream } = await start(t, ok, { tls, onConnection }, certificate);
        const outcomes = await Promise.all(
          Array.from({ length: 5 }, () => ask(upstream, { body: Buffer.alloc(50_000) }).outcome),
        );
        for (const { end, cause } of outcomes) {
          t.equal(end, 'connect');
          t.match(cause?.code, certificate === 'foreign' ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'ERR_TLS_CERT_ALTNAME_INVALID');
        }
        await sleep(100);
        t.equal(heard, '', `${certificate} ${version}`);
      }
  });

  test('the second connection resumes the session of the first', async (t) => {
    for (const version of VERSIONS) {
      const resumed: boolean[] = [];
      const onConnection: RawUpstreamOptions['onConnection'] = (socket) => {
        resumed.push((socket as TLSSocket).isSessionReused());
        return undefined;
      };
      const tls = { minVersion: version, maxVersion: version };
      const answer = answerOf('ok', 'connection: close');
      const { upstream } = await start(t, (socket) => socket.write(answer), { tls, onConnection });
      for (let turn = 0; turn < 4; turn++) t.match(await ask(upstream).outcome, { end: 'complete' });
      t.same(resumed, [false, true, true, true], version);
    }
  });

  test('a paused exchange stops reading, and loses nothing', async (t) => {
    const download = new PausedDownload(300);
    const { server, upstream } = await start(t, download.answer);
    await download.check(t, upstream, () => server.requests.length === 1, 4 * 65_536);
  });

  test('many connections share one buffer and mix nothing up', async (t) => {
    const { upstream } = await start(t, (socket, { body }) => {
      const chunk = `${body.length.toString(16)}\r\n${body}\r\n`;
      socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(20)}`);
      setTimeout(() => socket.write(`${chunk.repeat(20)}0\r\n\r\n`), 10);
    });
    const bodies = Array.from({ length: 40 }, (_, at) => `${at} `.repeat(3_000));
    const outcomes = await Promise.all(bodies.map((body) => ask(upstream, { body: Buffer.from(body) }).outcome));
    for (const [at, { payload, end }] of outcomes.entries()) {
      t.equal(end, 'complete');
      t.ok(payload === bodies[at]?.repeat(40));
    }
  });

  test('an answer cut without a goodbye is broken where its end is known', async (t) => {
    const { upstream } = await start(t, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n', () => socket.destroy());
    });
    t.match(await ask(upstream).outcome, { end: 'broken' });
  });

  // Node does not tell an end of TLS from an end of TCP alone, for undici neither: the gateway looks at the last event.
  test('an answer whose end is the end of the connection is complete without a goodbye too', async (t) => {
    const { upstream } = await start(t, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nhi', () => setTimeout(() => socket.destroy(), 50));
    });
    t.match(await ask(upstream).outcome, { payload: 'hi', end: 'complete' });
  });

  test('a stopped request closes its connection', async (t) => {
    const { server, upstream } = await start(t, () => {});
    const { exchange } = ask(upstream);
    await until(() => server.requests.length === 1);
    exchange.stop();
    await until(() => server.open === 0);
    const early = ask(upstream);
    early.exchange.stop();
    await upstream.close();
    t.equal(server.requests.length, 1);
  });

  test('an IPv6 address is an origin like any other', async (t) => {
    const { server, upstream } = await start(t, ok, { host: '::1' });
    t.match(await ask(upstream).outcome, { payload: 'ok', end: 'complete' });
    t.match(server.requests[0]?.head, `\r\nhost: [::1]:${server.port}\r\n`);
  });
}
