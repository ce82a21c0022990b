/** One suite for both reference gateways: what they are compared in, they must do. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { whyNoGo } from '../engine/targets/go-build.js';
import { type RunningTarget, startTarget, type TargetKind } from '../engine/targets/target.js';

const home = resolve(process.env.TIDEGATE_DIST ?? 'dist');
const CREDENTIALS = 7;

interface Upstream {
  url: string;
  /** Credentials in the order in which they came. */
  seen: string[];
  /** Header names of the last request. */
  headers: string[];
}

async function upstream(t: Test, answer: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<Upstream> {
  const facts: Upstream = { url: '', seen: [], headers: [] };
  const server = createServer((incoming, response) => {
    facts.seen.push(incoming.headers.authorization ?? '');
    facts.headers = Object.keys(incoming.headers);
    incoming.resume().on('end', () => answer(incoming, response));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  facts.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return facts;
}

async function start(t: Test, kind: TargetKind, mockUrl: string): Promise<RunningTarget> {
  const target = await startTarget(kind, { home, mockUrl, credentials: CREDENTIALS });
  t.teardown(() => target.stop());
  return target;
}

interface Answer {
  status: number;
  type: string;
  body: Buffer;
  /** Milliseconds between the first and the last piece. */
  spread: number;
  complete: boolean;
}

function ask(
  target: RunningTarget,
  headers: Record<string, string> = {},
  body = '{}',
  path = '/v1/chat/completions',
): Promise<Answer> {
  return new Promise((done, fail) => {
    const authorization = `Bearer ${target.keys[0]}`;
    const options = {
      method: path.endsWith('models') ? 'GET' : 'POST',
      headers: { authorization, ...headers },
      agent: false as const,
    };
    const outgoing = request(target.url + path, options, (response) => {
      const pieces: [at: number, bytes: Buffer][] = [];
      response.on('data', (bytes: Buffer) => pieces.push([performance.now(), bytes]));
      response.on('error', () => {});
      response.on('close', () =>
        done({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          body: Buffer.concat(pieces.map(([, bytes]) => bytes)),
          spread: (pieces.at(-1)?.[0] ?? 0) - (pieces[0]?.[0] ?? 0),
          complete: response.complete,
        }),
      );
    });
    outgoing.on('error', fail);
    outgoing.end(options.method === 'GET' ? undefined : body);
  });
}

const EVENT_STREAM = { 'content-type': 'text/event-stream; charset=utf-8' };
/** Odd pieces: an event in three, two in one, a letter of three bytes cut in its middle, a comment, CRLF. */
const PIECES = ['data: {"a"', ':1}', '\n\n', 'data: 2\n\ndata: 3\n\n', ': note\r\n\r\n', 'data: 你', '好\n\n', 'data: [DONE]\n\n']
  .map((text) => Buffer.from(text))
  .flatMap((bytes) => (bytes.length === 9 ? [bytes.subarray(0, 7), bytes.subarray(7)] : [bytes]));

const noGo = await whyNoGo();

for (const kind of ['go', 'conventional'] as const) {
  const skip = kind === 'go' && noGo;

  test(`${kind}: a stream arrives byte for byte, piece by piece`, { skip }, async (t) => {
    const behind = await upstream(t, async (_, response) => {
      response.writeHead(200, EVENT_STREAM);
      for (const piece of PIECES) {
        response.write(piece);
        await sleep(40);
      }
      response.end();
    });
    const answer = await ask(await start(t, kind, behind.url));
    t.equal(answer.status, 200);
    t.equal(answer.type, EVENT_STREAM['content-type']);
    t.equal(answer.body.toString('latin1'), Buffer.concat(PIECES).toString('latin1'));
    t.ok(answer.spread > 100, `pieces were not held back: they came over ${answer.spread.toFixed(0)} ms`);
    t.ok(answer.complete);
  });

  test(`${kind}: a wrong key gets 401 and the upstream nothing`, { skip }, async (t) => {
    const behind = await upstream(t, (_, response) => response.end());
    const target = await start(t, kind, behind.url);
    for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${target.keys[0]}`]) {
      const answer = await ask(target, { authorization });
      t.equal(answer.status, 401, authorization);
      t.match(JSON.parse(answer.body.toString()), { error: { code: 'invalid_api_key', type: 'invalid_request_error' } });
    }
    t.equal(behind.seen.length, 0);
  });

  test(`${kind}: turns are equal, and a session keeps its credential`, { skip }, async (t) => {
    const behind = await upstream(t, (_, response) => response.end('{}'));
    const target = await start(t, kind, behind.url);
    await Promise.all(Array.from({ length: 5 * CREDENTIALS }, () => ask(target)));
    const counts = new Map<string, number>();
    for (const credential of behind.seen) counts.set(credential, (counts.get(credential) ?? 0) + 1);
    t.strictSame([...counts.values()], Array(CREDENTIALS).fill(5));
    t.ok(counts.has('Bearer sk-load-1'), 'credentials are named as in the gateway');
    const sessions: [headers: Record<string, string>, body: string][] = [
      [{ 'x-session-id': 'one' }, '{"user":"not asked"}'],
      [{}, '{"user":"two"}'],
      [{}, '{"user":"other","prompt_cache_key":"three"}'],
    ];
    for (const [headers, body] of sessions) {
      behind.seen.length = 0;
      for (let turn = 0; turn < 4; turn++) await ask(target, headers, body);
      t.equal(new Set(behind.seen).size, 1, JSON.stringify([headers, body]));
    }
    t.notOk(behind.headers.includes('x-session-id'), "the client's headers stay on this side");
  });

  test(`${kind}: a client that leaves ends the upstream's request`, { skip }, async (t) => {
    let closed: Promise<unknown> | undefined;
    const behind = await upstream(t, (_, response) => {
      closed = once(response, 'close');
      response.writeHead(200, EVENT_STREAM).write('data: 1\n\n');
    });
    const target = await start(t, kind, behind.url);
    const headers = { authorization: `Bearer ${target.keys[0]}` };
    const outgoing = request(`${target.url}/v1/chat/completions`, { method: 'POST', headers, agent: false });
    outgoing.on('error', () => {}).end('{}');
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.on('error', () => {});
    await once(response, 'data');
    outgoing.destroy();
    await closed;
    t.pass('the upstream saw the end');
  });

  test(`${kind}: an answer that was cut does not look finished, and one that never came is 502`, { skip }, async (t) => {
    const behind = await upstream(t, (_, response) => {
      response.writeHead(200, EVENT_STREAM).write('data: 1\n\n');
      setTimeout(() => response.destroy(), 50);
    });
    const cut = await ask(await start(t, kind, behind.url));
    t.notOk(cut.complete);
    t.equal((await ask(await start(t, kind, 'http://127.0.0.1:1'))).status, 502);
  });

  test(`${kind}: answers that are no streams, and other statuses, pass`, { skip }, async (t) => {
    const behind = await upstream(t, ({ url, method }, response) => {
      response.writeHead(url?.endsWith('embeddings') ? 429 : 200, { 'content-type': 'application/json', 'retry-after': '7' });
      response.end(JSON.stringify({ url, method }));
    });
    const target = await start(t, kind, behind.url);
    const routes = { '/v1/chat/completions': 'POST', '/v1/embeddings': 'POST', '/v1/models': 'GET' };
    for (const [path, method] of Object.entries(routes)) {
      const answer = await ask(target, {}, '{}', path);
      t.strictSame(JSON.parse(answer.body.toString()), { url: path, method });
      t.equal(answer.status, path.endsWith('embeddings') ? 429 : 200);
    }
    const health = await fetch(`${target.url}/health`);
    t.strictSame(await health.json(), { status: 'ok' });
    t.equal(target.pids().length, 1, 'one process');
  });
}

test('the Go gateway passes its own tests', { skip: noGo ?? false, timeout: 170_000 }, async (t) => {
  const { execFileSync } = await import('node:child_process');
  const output = execFileSync('go', ['test', '-count=1', '-timeout=100s', '.'], {
    cwd: 'loadtest/reference/go',
    encoding: 'utf8',
  });
  t.match(output, /^ok /);
});
