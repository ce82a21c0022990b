/** Where a model's own credentials cannot serve: its fallbacks, what the caller is told then, and what stays where it is. */
import { test } from 'tap';
import { gatewayConfig, startGateway } from './helpers/gateway.js';
import { type Recorded, startRecordingUpstream } from './helpers/recording-upstream.js';
import { chat, credentialOf } from './helpers/requests.js';

const TYPED = { 'content-type': 'application/json' };
const failure = (code: string, message = code) => JSON.stringify({ error: { message, type: 'invalid_request_error', code } });

/** A key says how its requests are answered. */
const ANSWERS: Record<string, [status: number, headers: Record<string, string>, body?: string]> = {
  'sk-well': [200, {}],
  'sk-500': [500, {}, failure('server_error')],
  'sk-429': [429, { 'retry-after': '30' }, failure('rate_limit_exceeded', 'slow down')],
  'sk-401': [401, {}, failure('invalid_api_key', 'sk-401 is wrong')],
  'sk-long': [400, {}, failure('context_length_exceeded', 'too long')],
  'sk-spent': [200, { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '30s' }],
};

const keyOf = ({ headers }: Recorded) =>
  `${headers.authorization ?? headers['x-api-key']}`.replace('Bearer ', '').replace(/-\d$/, '');
const modelOf = ({ body }: Recorded) => (JSON.parse(body.toString()) as { model: string }).model;

function upstream(name: string, url: string, keys: readonly string[], more: object = {}) {
  return { name, protocol: 'openai', baseUrl: url, credentials: keys.map((key, index) => ({ id: `k${index}`, key })), ...more };
}

test('fallbacks, last words and sessions', async (t) => {
  const recording = await startRecordingUpstream(t);
  recording.answer = (response, request) => {
    const [status, headers, body] = ANSWERS[keyOf(request)] ?? [418, {}];
    const whole = { id: 'c', object: 'chat.completion', model: modelOf(request), choices: [] };
    response.writeHead(status, { ...TYPED, ...headers }).end(body ?? JSON.stringify(whole));
  };
  const { url } = recording;
  const model = (name: string, targets: string[], fallbacks?: string[]) => ({
    name,
    targets: targets.map((upstream, index) => ({ upstream, priority: index + 1 })),
    ...(fallbacks && { fallbacks }),
  });
  const config = gatewayConfig(url, {
    server: { exposeAttempts: true, workers: 2 },
    upstreams: [
      upstream('well', url, ['sk-well']),
      upstream('fails', url, ['sk-500-1', 'sk-500-2', 'sk-500-3']),
      upstream('limited', url, ['sk-429']),
      upstream('refused', url, ['sk-401']),
      upstream('short', url, ['sk-long']),
      upstream('messages', url, ['sk-well-2'], { protocol: 'anthropic' }),
      upstream('spending', url, ['sk-spent', 'sk-well-3']),
      upstream('flaky', url, ['sk-well-4', 'sk-well-5', 'sk-well-6']),
    ],
    models: [
      model('small', ['well']),
      model('big', ['fails'], ['small']),
      model('limited', ['limited'], ['short']),
      model('short', ['short'], ['small']),
      model('refused', ['refused']),
      model('either', ['messages', 'well']),
      model('never', ['messages']),
      model('spending', ['spending']),
      model('flaky', ['flaky']),
    ],
  });
  const gateway = await startGateway(t, config);
  const asked = async (name: string, wish: object = {}) => {
    recording.requests.length = 0;
    return chat(gateway.url, { model: name, ...wish });
  };

  t.test('the last attempt is a fallback’s, asked for by its own name, and the answer says so', async (t) => {
    const answer = await asked('big');
    t.equal(answer.status, 200, answer.text);
    t.same(recording.requests.map(modelOf), ['big', 'big', 'small']);
    t.equal(answer.headers['x-gateway-fallback'], 'small');
    t.match(answer.headers['x-gateway-trail'], /^fails\/k\d 500 \d+ms, fails\/k\d 500 \d+ms, well\/k0 200 \d+ms$/);
  });

  t.test('a fallback that rejects does not speak: the primary’s error does, asked or resting', async (t) => {
    for (const attempts of ['2', '1']) {
      const answer = await asked('limited');
      t.match([answer.status, JSON.parse(answer.text).error.code], [429, 'rate_limit_exceeded']);
      t.equal(answer.headers['x-gateway-attempts'], attempts);
      t.ok(Number(answer.headers['retry-after']) > 20);
    }
  });

  t.test('what is wrong with the request goes to nobody else', async (t) => {
    const answer = await asked('short');
    t.match([answer.status, JSON.parse(answer.text).error], [400, { code: 'context_length_exceeded', message: 'too long' }]);
    t.equal(recording.requests.length, 1);
  });

  t.test('a refused key is told of in one way, before it is known and after', async (t) => {
    for (const requests of [1, 0]) {
      const answer = await asked('refused');
      t.match([answer.status, JSON.parse(answer.text).error.code], [502, 'upstream_credentials_refused']);
      t.equal(answer.headers['x-should-retry'], 'false');
      t.notMatch(answer.text, /sk-|401/);
      t.equal(recording.requests.length, requests);
    }
  });

  t.test('what one upstream cannot be told another is; with nobody left it is refused', async (t) => {
    const more = { n: 2 };
    const answer = await asked('either', { more });
    t.equal(answer.status, 200, answer.text);
    t.equal(answer.headers['x-gateway-attempts'], '1');
    const refused = await asked('never', { more });
    t.match([refused.status, JSON.parse(refused.text).error.param], [400, 'n']);
    t.equal(recording.requests.length, 0);
  });

  t.test('a credential whose limit is spent is left alone before it says 429', async (t) => {
    const calls: string[] = [];
    for (let request = 0; request < 12; request++) {
      t.equal((await asked('spending')).status, 200);
      calls.push(...recording.requests.map(keyOf));
    }
    t.ok(calls.filter((key) => key === 'sk-spent').length <= 2, calls.join(' '));
    t.equal(calls[0] === 'sk-spent' || calls[1] === 'sk-spent', true, 'it was asked');
  });

  t.test('one failure among good answers moves no session', async (t) => {
    const session = 'mine';
    const home = credentialOf(await asked('flaky', { session }));
    for (let request = 0; request < 6; request++) await asked('flaky', { session });
    const answers = recording.answer;
    recording.answer = (response, request) => {
      recording.answer = answers;
      t.ok(request);
      response.writeHead(500, TYPED).end(failure('server_error'));
    };
    const rescued = await asked('flaky', { session });
    t.equal(rescued.headers['x-gateway-attempts'], '2');
    t.not(credentialOf(rescued), home);
    for (let request = 0; request < 4; request++) t.equal(credentialOf(await asked('flaky', { session })), home);
  });
});
