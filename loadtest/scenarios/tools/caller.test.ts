import { test } from 'tap';
import { Caller, tellEndings } from './caller.js';
import { chatRequest, get } from './requests.js';
import { serve } from './testing.js';

const STREAM = { model: 'm', stream: true };
const DONE = 'data: {"a":1}\n\ndata: [DONE]\n\n';

test('each way in which an answer may end has its own word', async (t) => {
  const origin = await serve(t, (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    if (pathname === '/refused') response.writeHead(503, { 'retry-after': '1' }).end('{}');
    else if (pathname === '/dead') request.socket.destroy();
    else if (pathname === '/broken') response.write('data: {"a":1}\n\n', () => request.socket.destroy());
    else response.end('{}');
  });
  const place = { origin, key: 'k' };
  const results = [];
  for (const path of ['/', '/refused', '/broken', '/dead', '/']) {
    const caller = new Caller(origin);
    results.push(await caller.call(get(place, path)));
    caller.close();
  }
  t.strictSame(
    results.map(({ ending }) => ending),
    ['ok', 'status', 'cut', 'no-answer', 'ok'],
  );
  t.match(results[1], { status: 503, head: /retry-after: 1/i });
  t.equal(tellEndings(results), 'ok 2, 503 1, cut 1, no-answer 1');
});

test('a stream without its end is not ok, though HTTP ended properly', async (t) => {
  let whole = false;
  const origin = await serve(t, (request, response) => {
    request.resume().on('end', () => {
      response.write('data: {"a":1}\n\n');
      response.end(whole ? DONE : 'data: {"a":2}\n\n');
    });
  });
  const caller = new Caller(origin);
  t.teardown(() => caller.close());
  t.equal((await caller.call(chatRequest({ origin, key: 'k' }, STREAM))).ending, 'unfinished');
  whole = true;
  t.equal((await caller.call(chatRequest({ origin, key: 'k' }, STREAM))).ending, 'ok');
});

test('a caller keeps its connection, leaves one that says close, and waits no longer than it is told to', async (t) => {
  const ports = new Set<number | undefined>();
  const origin = await serve(t, (request, response) => {
    ports.add(request.socket.remotePort);
    if (request.url === '/silent') return;
    if (request.url === '/close') response.setHeader('connection', 'close');
    response.end('{}');
  });
  const place = { origin, key: 'k' };
  const caller = new Caller(origin);
  for (const path of ['/', '/', '/close']) t.equal((await caller.call(get(place, path))).ending, 'ok');
  t.equal(ports.size, 1);
  t.equal((await caller.call(get(place, '/'))).ending, 'ok');
  t.equal(ports.size, 2);
  caller.close();
  // One of its own: a machine that stalls must not make the answers above late.
  const impatient = new Caller(origin, 300);
  const silent = await impatient.call(get(place, '/silent'));
  t.equal(silent.ending, 'hung');
  t.ok(silent.longestSilenceMs >= 300);
  t.notOk(impatient.isConnected);
});
