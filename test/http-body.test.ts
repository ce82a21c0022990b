import { request as httpRequest } from 'node:http';
import { test } from 'tap';
import { gatewayConfig, startGateway, startMock } from './helpers/gateway.js';
import { answersIn, chatBytes, speak } from './helpers/raw-http.js';

const LIMIT = 64 * 1024;
const KEY = 'tg-body-test-client';
const POST = 'POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\n';
const AUTHORIZED = `${POST}authorization: Bearer ${KEY}\r\n`;

const CHUNKED: Record<string, string> = { 'transfer-encoding': 'chunked' };
const COUNTED: Record<string, string> = {};

const guarded = (url: string) => gatewayConfig(url, { server: { bodyLimit: '64kb' }, clients: [{ name: 'app', key: KEY }] });

function bodyOf(length: number): string {
  const frame = '{"model":"mock-instant","messages":[{"role":"user","content":""}]}';
  return frame.replace('""', `"${'a'.repeat(length - frame.length)}"`);
}

/** Sends with Node's client, so that the whole body is written whatever comes back. */
function post(url: string, body: Buffer, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}/v1/chat/completions`, { method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

test('a body of exactly the limit is served, one byte more is 413', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, guarded(mock.url));
  const headers = { authorization: `Bearer ${KEY}` };
  for (const framing of [CHUNKED, COUNTED]) {
    t.equal((await post(gateway.url, Buffer.from(bodyOf(LIMIT)), { ...headers, ...framing })).status, 200);
    const refused = await post(gateway.url, Buffer.from(bodyOf(LIMIT + 1)), { ...headers, ...framing });
    t.equal(refused.status, 413);
    t.match(JSON.parse(refused.text), { error: { code: 'request_too_large', type: 'invalid_request_error', param: null } });
  }
  t.equal((await mock.stats()).requests, 2);
});

test('a client that goes on sending a refused body still gets to read the 413, every time', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, guarded(mock.url));
  const big = Buffer.alloc(8 * 1024 * 1024, 'a');
  for (let round = 0; round < 10; round++) {
    for (const framing of [CHUNKED, COUNTED]) {
      const answer = await post(gateway.url, big, { authorization: `Bearer ${KEY}`, ...framing }).catch((error) => error);
      t.equal(answer.status, 413, `${JSON.stringify(framing)} ${answer.message ?? ''}`);
      const stranger = await post(gateway.url, big, { ...framing }).catch((error) => error);
      t.equal(stranger.status, 401, `${JSON.stringify(framing)} ${stranger.message ?? ''}`);
    }
  }
  t.equal((await mock.stats()).requests, 0);
});

test('a Content-Length past the limit is refused before any of the body is sent', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, guarded(mock.url));
  const { text } = await speak(gateway.port, `${AUTHORIZED}content-length: 1000000000\r\n\r\n`, {
    until: (heard) => heard.includes('\r\n\r\n'),
  });
  t.equal(answersIn(text)[0]?.status, 413);
});

test('a chunked body past the limit is refused while it is sent', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, guarded(mock.url));
  const chunk = `${(16384).toString(16)}\r\n${'a'.repeat(16384)}\r\n`;
  const { text } = await speak(gateway.port, `${AUTHORIZED}transfer-encoding: chunked\r\n\r\n`, {
    until: (heard) => heard.includes('"request_too_large"'),
    onOpen: (socket) => {
      const timer = setInterval(() => socket.writable && socket.write(chunk), 1);
      socket.on('close', () => clearInterval(timer));
    },
  });
  t.equal(answersIn(text)[0]?.status, 413);
});

test('who waits for 100 Continue is told 401 or 413 without one, and 100 only once known', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, guarded(mock.url));
  const expect = 'expect: 100-continue\r\n';
  const first = { until: (heard: string) => heard.includes('\r\n\r\n') };
  const stranger = await speak(gateway.port, `${POST}${expect}content-length: 100\r\n\r\n`, first);
  t.match(stranger.text, /^HTTP\/1.1 401 /);
  const large = await speak(gateway.port, `${AUTHORIZED}${expect}content-length: 100000\r\n\r\n`, first);
  t.match(large.text, /^HTTP\/1.1 413 /);
  const unknown = await speak(gateway.port, `POST /nowhere HTTP/1.1\r\nhost: a\r\n${expect}content-length: 10\r\n\r\n`, first);
  t.match(unknown.text, /^HTTP\/1.1 404 /);

  const body = bodyOf(200);
  const known = await speak(gateway.port, `${AUTHORIZED}connection: close\r\n${expect}content-length: ${body.length}\r\n\r\n`, {
    onOpen: (socket) => socket.once('data', () => socket.write(body)),
  });
  t.strictSame(
    answersIn(known.text).map(({ status }) => status),
    [100, 200],
  );

  const other = await speak(
    gateway.port,
    `${AUTHORIZED}connection: close\r\nexpect: a-miracle\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  t.match(other.text, /^HTTP\/1.1 417 [\s\S]*"code":"expectation_failed"/);
});

test('nothing pipelined behind a refused request reaches the upstream', async (t) => {
  const mock = await startMock(t);
  const gateway = await startGateway(t, guarded(mock.url));
  const hidden = chatBytes({ headers: [`authorization: Bearer ${KEY}`] });
  const bodies = 'content-length: 2\r\n\r\n{}';
  const refused = {
    401: `${POST}${bodies}`,
    404: `POST /nowhere HTTP/1.1\r\nhost: a\r\n${bodies}`,
    405: `PUT /v1/chat/completions HTTP/1.1\r\nhost: a\r\n${bodies}`,
    413: `${AUTHORIZED}transfer-encoding: chunked\r\n\r\n10001\r\n${'a'.repeat(65537)}\r\n0\r\n\r\n`,
    400: `POST v1 HTTP/1.1\r\nhost: a\r\n${bodies}`,
  };
  for (const [status, bytes] of Object.entries(refused)) {
    for (let round = 0; round < 10; round++) {
      const { text } = await speak(gateway.port, bytes + hidden, { patience: 5000 });
      const statuses = answersIn(text).map((answer) => answer.status);
      t.strictSame(statuses.slice(0, 1), [Number(status)]);
      const served = statuses.filter((one) => one === 200).length;
      t.equal((await mock.stats()).requests, served, `${status}: only what was answered was asked`);
      await mock.reset();
    }
  }
});
