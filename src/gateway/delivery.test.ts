import { test } from 'tap';
import { GatewayError } from '../errors.js';
import type { Tallies } from '../metrics/record.js';
import type { ClientExchange } from './client-exchange.js';
import type { RequestContext } from './context.js';
import { Delivery } from './delivery.js';
import { CHAT_COMPLETIONS } from './route.js';

/** A client that writes down what it was sent. */
class FakeClient implements ClientExchange {
  readonly path = '';
  readonly headers = {};
  readonly listener = null;
  readonly sent: string[] = [];
  status = 0;
  sentHeaders: Record<string, string> = {};
  closed = false;
  roomy = true;

  readonly unsent = 0;

  tookMore(): boolean {
    return true;
  }
  readBody(): Promise<Buffer> {
    return Promise.resolve(Buffer.alloc(0));
  }
  answer(status: number, headers: Record<string, string>, body: string | Buffer): void {
    this.start(status, headers);
    this.sent.push(body.toString());
    this.end();
  }
  start(status: number, headers: Record<string, string>): void {
    this.status = status;
    this.sentHeaders = headers;
  }
  write(text: string): boolean {
    this.sent.push(text);
    return this.roomy;
  }
  end(): void {
    this.closed = true;
  }
  cut(): void {
    this.closed = true;
  }
}

function setUp() {
  const client = new FakeClient();
  const context = {
    requestId: 'req_1',
    route: CHAT_COMPLETIONS,
    client,
    snapshot: { config: { server: { exposeAttempts: false } } },
    startedAt: 5,
    attempts: 2,
    status: 0,
    outcome: 'ok',
  } as unknown as RequestContext;
  const tallies = { chunks: 0, bytesToClients: 0, heartbeats: 0 } as Tallies;
  return { client, context, tallies, delivery: new Delivery(context, tallies) };
}

const failure = new GatewayError('upstream_timeout', 'Too late.', { retryAfter: 1500 });
const answer = {
  status: 400,
  headers: { 'x-ratelimit-limit': '5' },
  body: { message: 'No.', type: null, code: null, param: 'n' },
};

test('a whole answer carries the attempts and is counted', async (t) => {
  const { client, context, delivery, tallies } = setUp();
  delivery.answer(200, { 'content-type': 'application/json' }, '{}');
  t.match(client, { status: 200, sent: ['{}'], sentHeaders: { 'x-request-id': 'req_1', 'x-gateway-attempts': '2' } });
  t.equal(delivery.state, 'ended');
  t.equal(context.status, 200);
  t.equal(tallies.bytesToClients, 2);
});

test('a stream goes from preamble to content, and the first content is timed once', async (t) => {
  const { client, context, delivery, tallies } = setUp();
  delivery.startStream({ 'x-ratelimit-limit': '5' });
  t.equal(delivery.state, 'preamble');
  t.match(client.sentHeaders, { 'content-type': /^text\/event-stream/, 'x-ratelimit-limit': '5', 'x-gateway-attempts': '2' });
  delivery.startStream({ 'x-ratelimit-limit': '6' });
  t.equal(client.sentHeaders['x-ratelimit-limit'], '5', 'started once');
  t.equal(delivery.send('data: a\n\n', '', 10), true);
  client.roomy = false;
  t.equal(delivery.send('data: b\n\n', '', 20), false, 'a slow client holds the upstream');
  t.match(context, { firstTokenAt: 10 });
  t.match(delivery, { state: 'content', lastSentAt: 20 });
  t.match(tallies, { chunks: 2, bytesToClients: 18 });
});

test('a heartbeat starts the stream but is no content', async (t) => {
  const { client, context, delivery, tallies } = setUp();
  delivery.heartbeat(7);
  t.match(delivery, { state: 'preamble', lastSentAt: 7 });
  t.same(client.sent, [': keep-alive\n\n']);
  t.equal(tallies.heartbeats, 1);
  t.equal(context.firstTokenAt, undefined);
});

test('a failure before anything is an answer with its status and the time to wait', async (t) => {
  const { client, delivery } = setUp();
  delivery.fail(failure);
  t.match(client, { status: 504, closed: true, sentHeaders: { 'content-type': 'application/json', 'retry-after': '2' } });
  t.match(JSON.parse(client.sent[0] ?? ''), { error: { message: 'Too late.', code: 'upstream_timeout' } });
});

test('a failure after the beginning is the stream’s last event, never DONE', async (t) => {
  const { client, delivery } = setUp();
  delivery.startStream({});
  delivery.send('data: a\n\n', '', 10);
  delivery.fail(failure);
  t.match(client.sent[1], /^data: \{"error":.*\}\n\n$/);
  t.ok(client.closed);
  t.notMatch(client.sent.join(''), /\[DONE\]/);
});

test('an event cut in its middle is closed before the failure’s own', async (t) => {
  const { client, delivery } = setUp();
  delivery.startStream({});
  delivery.send('data: {"half', '', 10);
  delivery.insideEvent = true;
  delivery.fail(failure);
  t.match(client.sent[1], /^\n\ndata: \{"error"/);
});

test('nothing follows an end, and nothing is sent to a client that has gone', async (t) => {
  const ended = setUp();
  ended.delivery.answer(200, {}, 'x');
  ended.delivery.fail(failure);
  t.same(ended.client.sent, ['x']);
  const gone = setUp();
  gone.client.closed = true;
  gone.delivery.fail(failure);
  t.same(gone.client.sent, []);
});

test('an upstream’s own error is passed on in the client’s envelope', async (t) => {
  const { client, delivery } = setUp();
  delivery.failWith(answer, failure, {});
  t.match(client, { status: 400, sentHeaders: { 'x-ratelimit-limit': '5', 'content-type': 'application/json' } });
  t.same(JSON.parse(client.sent[0] ?? ''), { error: { message: 'No.', type: null, param: 'n', code: null } });
});

test('without a readable body, or too late for a status, the gateway’s own words stand in', async (t) => {
  const unread = setUp();
  unread.delivery.failWith({ ...answer, body: undefined }, failure, {});
  t.match(unread.client, { status: 504, sentHeaders: { 'x-ratelimit-limit': '5' } });
  const late = setUp();
  late.delivery.startStream({});
  late.delivery.failWith(answer, failure, {});
  t.match(late.client, { status: 200, sent: [/Too late\./], closed: true });
});
