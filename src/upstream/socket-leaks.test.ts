/** After thousands of requests, many of them stopped or broken midway, no socket, timer or file descriptor is left. */
import { readdirSync } from 'node:fs';
import { test } from 'tap';
import { until } from '../../test/helpers/primary-process.js';
import { answerOf, ask, RawUpstream } from '../../test/helpers/raw-upstream.js';
import { createSocketUpstream } from './socket.js';

const REQUESTS = 2_000;
const AT_ONCE = 50;

/** Sockets and timers that keep the process alive. */
function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCPSocketWrap|Timeout|TLSWrap/.test(name)).length;
}

test('no socket stays open after close, however the requests ended', async (t) => {
  const before = readdirSync('/proc/self/fd').length;
  const server = await RawUpstream.start(t, (socket, { head }) => {
    const kind = Number(head.split(' ')[1]?.slice(1)) % 8;
    if (kind < 3) socket.write(answerOf('ok'));
    else if (kind === 3) socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n');
    else if (kind === 4) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nok');
    else if (kind === 5) socket.resetAndDestroy();
    else if (kind === 6) socket.write(`${answerOf('ok')}surplus`);
  });
  const upstream = createSocketUpstream(server.origin, { connectTimeout: 10_000 });
  const ends = new Map<string, number>();
  const one = async (at: number): Promise<void> => {
    const { exchange, outcome } = ask(upstream, {
      path: `/${at}`,
      onData: (own) => (at % 8 === 3 || at % 16 === 1) && own.stop(),
    });
    const stopped = new Promise<{ end: string }>((resolve) => {
      if (at % 8 === 7) setTimeout(() => resolve({ end: 'stopped' }), at % 3);
      else if (at % 8 === 3 || at % 16 === 1) setTimeout(() => resolve({ end: 'stopped' }), 50);
    });
    const { end } = await Promise.race([outcome, stopped]);
    exchange.stop();
    ends.set(end, (ends.get(end) ?? 0) + 1);
  };
  for (let at = 0; at < REQUESTS; at += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => one(at + index)));
  t.ok((ends.get('complete') ?? 0) >= REQUESTS / 4, `${JSON.stringify([...ends])}`);
  t.ok((ends.get('broken') ?? 0) >= REQUESTS / 8);
  t.ok((ends.get('stopped') ?? 0) >= REQUESTS / 8);
  await upstream.close();
  await until(() => server.open === 0);
  await until(() => handles() === 0);
  server.stop();
  await until(() => readdirSync('/proc/self/fd').length <= before + 1);
  t.pass('the same descriptors as before');
});

test('a burst leaves no more than 1,024 idle connections, and none of them for long', async (t) => {
  const burst = 1_100;
  const waiting: (() => void)[] = [];
  const server = await RawUpstream.start(t, (socket) => {
    waiting.push(() => socket.write(answerOf('ok')));
    if (waiting.length === burst) for (const answer of waiting) answer();
  });
  const upstream = createSocketUpstream(server.origin, { connectTimeout: 30_000 });
  const outcomes = await Promise.all(Array.from({ length: burst }, () => ask(upstream).outcome));
  t.equal(outcomes.filter(({ end }) => end === 'complete').length, burst);
  await until(() => server.open <= 1_024);
  t.ok(server.open > 0, `${server.open} are kept`);
  await until(() => server.open === 0);
  await upstream.close();
});
