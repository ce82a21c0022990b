/** The same bytes to two services that differ in who reads them: the fast lane, and Node's server as its oracle. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { GatewayConfig } from '../../src/config.js';
import { startService } from '../../src/http/service.js';
import { createStoreMaker } from '../../src/store/index.js';
import type { TestScope } from './gateway.js';
import { answersIn, type RawAnswer } from './raw-http.js';
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.js';
import { sampleConfig } from './sample-config.js';

/** The client's key, and its SHA-256. */
export const KEY = 'tg-lane-client';
const KEY_HASH = '9738f597e2ac6b365e8f189c4364d38f7e48f89f1c674061e75efe27a30a4d50';

/** All that one service was seen to do with some bytes. */
export interface Seen {
  readonly answers: readonly Pick<RawAnswer, 'status' | 'headers' | 'body'>[];
  readonly end: 'fin' | 'reset' | 'open';
  /** What the upstream was sent: target, headers and body. */
  readonly asked: readonly string[];
}

export interface PairedService {
  readonly port: number;
  readonly upstream: RecordingUpstream;
  /** Requests that came by the lane. */
  readonly byLane: number;
  /** Sends the pieces one after another, waits for so many answers, ends its side, and listens to the end. */
  say(pieces: readonly string[], answers?: number): Promise<Seen>;
}

export async function startPaired(
  t: TestScope,
  http: 'lane' | 'node',
  changes: (config: GatewayConfig) => Partial<GatewayConfig> = () => ({}),
): Promise<PairedService> {
  const upstream = await startRecordingUpstream(t);
  const base = sampleConfig();
  const [main] = base.upstreams;
  if (!main) throw new Error('the sample has no upstream');
  const config = sampleConfig({
    server: { ...base.server, http, workers: 1, exposeAttempts: false, bodyLimit: 4096 },
    clients: [{ name: 'app', keyHash: KEY_HASH, models: ['*'] }],
    upstreams: [{ ...main, baseUrl: upstream.url, credentials: [{ id: 'k1', key: 'sk-one', weight: 1 }] }],
    models: [{ name: 'mock', targets: [{ upstream: 'main', weight: 1, priority: 1 }] }],
  });
  const whole = { ...config, ...changes(config) };
  const store = (await createStoreMaker(whole)).single();
  const service = await startService({ config: whole, store });
  let byLane = 0;
  const serve = service.serve.bind(service);
  service.serve = (route, exchange) => {
    byLane++;
    serve(route, exchange);
  };
  t.teardown(async () => {
    await service.drain(0, 0);
    await store.close();
  });
  return {
    port: service.port,
    upstream,
    get byLane() {
      return byLane;
    },
    say: async (pieces, answers = 0) => {
      const before = upstream.requests.length;
      const { text, end } = await sayTo(service.port, pieces, answers);
      const asked = upstream.requests.slice(before).map(({ url, rawHeaders, body }) => {
        const headers = rawHeaders
          .join('\n')
          .replace(/^127.0.0.1:\d+$/m, 'upstream')
          .replace(GIVEN_ID, 'req');
        return `${url}\n${headers}\n${body.toString('latin1')}`;
      });
      return {
        answers: answersIn(text)
          .filter(({ status }) => status >= 200)
          .map(plain),
        end,
        asked,
      };
    },
  };
}

/** What differs from answer to answer whoever reads. */
const GIVEN_ID = /req_[0-9a-f-]{36}/g;
const GIVEN = /[0-9a-f]{32}|"created(?:_at)?":\d+/g;

function plain({ status, headers, body }: RawAnswer): Seen['answers'][number] {
  const { date = '', ...rest } = headers;
  const id = (rest['x-request-id'] ?? '').replace(GIVEN_ID, 'req');
  return {
    status,
    headers: { ...rest, ...('x-request-id' in rest && { 'x-request-id': id }), date: date.replace(/\d\d:\d\d:\d\d/, 'time') },
    body: body.replace(GIVEN_ID, 'req').replace(GIVEN, 'given'),
  };
}

async function sayTo(port: number, pieces: readonly string[], answers: number): Promise<{ text: string; end: Seen['end'] }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  let text = '';
  let onChange = (): void => {};
  let over = false;
  const end = new Promise<Seen['end']>((resolve) => {
    const timer = setTimeout(() => resolve('open'), 10_000);
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
      onChange();
    });
    socket.on('end', () => resolve('fin')).on('error', () => resolve('reset'));
    socket.on('close', () => clearTimeout(timer));
  });
  void end.then(() => {
    over = true;
    onChange();
  });
  await once(socket, 'connect');
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    // So that the other side, in this same loop, reads it by itself.
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
  }
  const isAnswered = (): boolean => over || answersIn(text).filter(({ status }) => status >= 200).length >= answers;
  if (!isAnswered())
    await new Promise<void>((resolve) => {
      onChange = () => isAnswered() && resolve();
    });
  socket.end();
  const ended = await end;
  socket.destroy();
  return { text, end: ended };
}
