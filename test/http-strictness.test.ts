import { test } from 'tap';
import {
  type GatewayProcess,
  gatewayConfig,
  type MockHandle,
  startGateway,
  startMock,
  type TestScope,
} from './helpers/gateway.js';
import { answersIn, chatBytes, speak } from './helpers/raw-http.js';

const BODY = '{"model":"mock-instant","messages":[]}';
const POST = 'POST /v1/chat/completions HTTP/1.1\r\n';
const HOST = 'host: gateway\r\n';
const LENGTH = `content-length: ${BODY.length}\r\n`;
const CHUNKED_BODY = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
/** What an attacker wants to be taken for a second request. */
const HIDDEN = chatBytes({ headers: ['x-hidden: yes'] });

/** Every one of these must be refused and must not reach the upstream. */
const REFUSED: Record<string, string> = {
  'two Host headers': `${POST}host: a\r\nhost: b\r\n${LENGTH}\r\n${BODY}`,
  'two equal Host headers': `${POST}host: a\r\nhost: a\r\n${LENGTH}\r\n${BODY}`,
  'an empty Host': `${POST}host:\r\n${LENGTH}\r\n${BODY}`,
  'no Host': `${POST}${LENGTH}\r\n${BODY}`,
  'a Host with a path': `${POST}host: a/b\r\n${LENGTH}\r\n${BODY}`,
  'a Host with user information': `${POST}host: user@a\r\n${LENGTH}\r\n${BODY}`,
  'an absolute-form target': `POST http://169.254.169.254/v1/chat/completions HTTP/1.1\r\n${HOST}${LENGTH}\r\n${BODY}`,
  'an asterisk target': `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`,
  'a target without slash': `POST v1/chat/completions HTTP/1.1\r\n${HOST}${LENGTH}\r\n${BODY}`,
  'a target with a backslash': `POST /v1\\chat/completions HTTP/1.1\r\n${HOST}${LENGTH}\r\n${BODY}`,
  'a target beyond ASCII': `POST /v1/\xe9 HTTP/1.1\r\n${HOST}${LENGTH}\r\n${BODY}`,
  'Transfer-Encoding ,chunked': `${POST}${HOST}transfer-encoding: ,chunked\r\n\r\n${CHUNKED_BODY}`,
  'Transfer-Encoding xchunked': `${POST}${HOST}transfer-encoding: xchunked\r\n\r\n${CHUNKED_BODY}`,
  'Transfer-Encoding chunked, chunked': `${POST}${HOST}transfer-encoding: chunked, chunked\r\n\r\n${CHUNKED_BODY}`,
  'Transfer-Encoding twice': `${POST}${HOST}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n${CHUNKED_BODY}`,
  'Transfer-Encoding gzip, chunked': `${POST}${HOST}transfer-encoding: gzip, chunked\r\n\r\n${CHUNKED_BODY}`,
  'Transfer-Encoding chunked, identity': `${POST}${HOST}transfer-encoding: chunked, identity\r\n\r\n${CHUNKED_BODY}`,
  'Transfer-Encoding identity': `${POST}${HOST}transfer-encoding: identity\r\n\r\n${CHUNKED_BODY}`,
  'an empty Transfer-Encoding': `${POST}${HOST}transfer-encoding:\r\n${LENGTH}\r\n${BODY}`,
  'a Transfer-Encoding with a vertical tab': `${POST}${HOST}transfer-encoding: \x0bchunked\r\n\r\n${CHUNKED_BODY}`,
  'a space before the colon': `${POST}${HOST}transfer-encoding : chunked\r\n\r\n${CHUNKED_BODY}`,
  'Transfer-Encoding on HTTP/1.0': `POST /v1/chat/completions HTTP/1.0\r\n${HOST}transfer-encoding: chunked\r\n\r\n${CHUNKED_BODY}`,
  'Content-Length and Transfer-Encoding': `${POST}${HOST}${LENGTH}transfer-encoding: chunked\r\n\r\n${CHUNKED_BODY}`,
  'Transfer-Encoding and Content-Length': `${POST}${HOST}transfer-encoding: chunked\r\n${LENGTH}\r\n${CHUNKED_BODY}`,
  'two different Content-Lengths': `${POST}${HOST}${LENGTH}content-length: 5\r\n\r\n${BODY}`,
  'two equal Content-Lengths': `${POST}${HOST}${LENGTH}${LENGTH}\r\n${BODY}`,
  'a list as Content-Length': `${POST}${HOST}content-length: ${BODY.length}, ${BODY.length}\r\n\r\n${BODY}`,
  'a signed Content-Length': `${POST}${HOST}content-length: +${BODY.length}\r\n\r\n${BODY}`,
  'a negative Content-Length': `${POST}${HOST}content-length: -1\r\n\r\n${BODY}`,
  'a hexadecimal Content-Length': `${POST}${HOST}content-length: 0x26\r\n\r\n${BODY}`,
  'a Content-Length past 64 bits': `${POST}${HOST}content-length: 99999999999999999999\r\n\r\n${BODY}`,
  'a chunk size that is no number': `${POST}${HOST}transfer-encoding: chunked\r\n\r\nzz\r\n${BODY}\r\n0\r\n\r\n`,
  'a negative chunk size': `${POST}${HOST}transfer-encoding: chunked\r\n\r\n-1\r\n${BODY}\r\n0\r\n\r\n`,
  'a chunk size with 0x': `${POST}${HOST}transfer-encoding: chunked\r\n\r\n0x26\r\n${BODY}\r\n0\r\n\r\n`,
  'a chunk size past 64 bits': `${POST}${HOST}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n${BODY}\r\n0\r\n\r\n`,
  'a chunk longer than its size': `${POST}${HOST}transfer-encoding: chunked\r\n\r\n5\r\n${BODY}\r\n0\r\n\r\n`,
  'a chunk ended by a bare LF': `${POST}${HOST}transfer-encoding: chunked\r\n\r\n26\n${BODY}\r\n0\r\n\r\n`,
  'bare LF as line ends': `POST /v1/chat/completions HTTP/1.1\nhost: a\n${LENGTH.trim()}\n\n${BODY}`,
  'a bare CR in a header': `${POST}${HOST}x-odd: a\rb\r\n${LENGTH}\r\n${BODY}`,
  'a NUL in a header': `${POST}${HOST}x-odd: a\0b\r\n${LENGTH}\r\n${BODY}`,
  'a folded header': `${POST}${HOST}x-odd: a\r\n b\r\n${LENGTH}\r\n${BODY}`,
  'a folded Transfer-Encoding': `${POST}${HOST}transfer-encoding:\r\n chunked\r\n\r\n${CHUNKED_BODY}`,
  'a header without colon': `${POST}${HOST}odd\r\n${LENGTH}\r\n${BODY}`,
  'a header without name': `${POST}${HOST}: odd\r\n${LENGTH}\r\n${BODY}`,
  'an unknown version': `POST /v1/chat/completions HTTP/3.7\r\n${HOST}${LENGTH}\r\n${BODY}`,
  'no version': `GET /health\r\n\r\n`,
  'an unknown method': `FETCH /v1/chat/completions HTTP/1.1\r\n${HOST}${LENGTH}\r\n${BODY}`,
  'an HTTP/2 preface': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a TLS hello': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.padEnd(300, '\x7f'),
  'random bytes': '\x00\xff\x13\x37'.repeat(64),
};

async function start(t: TestScope): Promise<{ gateway: GatewayProcess; mock: MockHandle }> {
  const mock = await startMock(t);
  return { mock, gateway: await startGateway(t, gatewayConfig(mock.url)) };
}

test('what two HTTP readers could understand differently is refused with 400, closed, and never reaches the upstream', async (t) => {
  const { gateway, mock } = await start(t);
  for (const [name, bytes] of Object.entries(REFUSED)) {
    const { text, end } = await speak(gateway.port, bytes + HIDDEN);
    const answers = answersIn(text);
    t.strictSame(
      [answers.length, answers[0]?.status, answers[0]?.headers.connection],
      [1, 400, 'close'],
      `${name}: ${text.slice(0, 60)}`,
    );
    t.equal(typeof JSON.parse(answers[0]?.body || '{}').error?.message, 'string', `${name}: the error has OpenAI's shape`);
    t.not(end, 'open', `${name}: the connection ends`);
    t.equal((await mock.stats()).requests, 0, `${name}: nothing reached the upstream`);
    await mock.reset();
  }
  const after = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', body: BODY });
  t.equal(after.status, 200, 'the gateway serves on');
  t.equal(gateway.workers().length, 1);
  t.notMatch(gateway.logs, /died|uncaught|crash/i);
});

test('a body shorter than its Content-Length is no request', async (t) => {
  const { gateway, mock } = await start(t);
  const bytes = `${POST}${HOST}content-length: ${BODY.length + 5}\r\n\r\n${BODY}`;
  const { text } = await speak(gateway.port, bytes, { finish: true });
  t.match(text, /^(HTTP\/1.1 400 |$)/);
  const chunked = `${POST}${HOST}transfer-encoding: chunked\r\n\r\n26\r\n${BODY}\r\n`;
  t.match((await speak(gateway.port, chunked, { finish: true })).text, /^(HTTP\/1.1 400 |$)/);
  t.equal((await mock.stats()).requests, 0);
});

test('bytes behind a body are a second request of their own, never part of the first', async (t) => {
  const { gateway, mock } = await start(t);
  const { text } = await speak(gateway.port, chatBytes({ headers: [] }) + chatBytes());
  t.strictSame(
    answersIn(text).map(({ status }) => status),
    [200, 200],
  );
  const sizes = (await mock.requests()).map(({ bodyBytes }) => bodyBytes);
  t.strictSame(sizes, [BODY.length, BODY.length]);

  await mock.reset();
  const short = `${POST}${HOST}content-length: ${BODY.length - 1}\r\n\r\n${BODY}`;
  const broken = answersIn((await speak(gateway.port, short, { finish: true })).text);
  t.equal(broken[0]?.status, 400, 'a body cut by its own length is no JSON');
  t.ok(broken.every(({ status }) => status === 400));
  t.equal((await mock.stats()).requests, 0);
});

test('chunked bodies in the plain spelling are served, extensions and trailers included', async (t) => {
  const { gateway, mock } = await start(t);
  const head = `${POST}${HOST}connection: close\r\ntransfer-encoding: Chunked\r\n\r\n`;
  const size = BODY.length.toString(16);
  for (const body of [CHUNKED_BODY, `${size};a=b\r\n${BODY}\r\n0\r\nx-trailer: 1\r\n\r\n`]) {
    t.equal(answersIn((await speak(gateway.port, head + body)).text)[0]?.status, 200);
  }
  const entries = await mock.requests();
  t.equal(entries.length, 2);
  t.notMatch(JSON.stringify(entries), /x-trailer/i, 'trailers stay behind');
});

test("a Host that no URL can hold is refused in the API's shape", async (t) => {
  const { gateway, mock } = await start(t);
  for (const host of ['a%41', 'a:99999', '[::1', '1.2.3.4.5:x', '%']) {
    const bytes = chatBytes({ headers: ['connection: close'] }).replace('host: gateway', `host: ${host}`);
    const [answer] = answersIn((await speak(gateway.port, bytes)).text);
    t.equal(answer?.status, 400, host);
    t.equal(JSON.parse(answer?.body || '{}').error?.type, 'invalid_request_error', host);
  }
  t.equal((await mock.stats()).requests, 0);
});

test('headers past 16 KiB are refused with 431', async (t) => {
  const { gateway, mock } = await start(t);
  for (const header of [
    `x-long: ${'a'.repeat(20_000)}`,
    Array.from({ length: 900 }, (_, at) => `x-header-${at}: aaaaaaaaaa`).join('\r\n'),
  ]) {
    const { text } = await speak(gateway.port, chatBytes({ headers: ['connection: close', header] }));
    const [answer] = answersIn(text);
    t.equal(answer?.status, 431);
    t.equal(JSON.parse(answer?.body ?? '{}').error.type, 'invalid_request_error');
  }
  t.equal((await mock.stats()).requests, 0);
});
