import { request } from 'node:http';
import { type Test, test } from 'tap';
import { ADMIN_EVENTS, ADMIN_VIEWS } from '../../loadtest/faults/admin-paths.js';
import { FakeCluster, workerRow } from '../../test/helpers/fake-cluster.js';
import { sampleConfig } from '../../test/helpers/sample-config.js';
import { startAdmin } from './server.js';

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  json: any;
}

async function admin(t: Test, changes: Parameters<typeof sampleConfig>[0] = {}) {
  const config = sampleConfig(changes);
  const cluster = new FakeCluster(config);
  const server = await startAdmin({ config: config.admin, cluster, version: '1.2.3' });
  t.teardown(async () => {
    cluster.counting.close();
    await server.close();
  });
  const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    new Promise<Answer>((resolve, reject) => {
      const call = request({ port: server.port, host: '127.0.0.1', method, path, headers, agent: false }, (response) => {
        let text = '';
        response.on('data', (part) => {
          text += part;
          if (path === '/api/events' && text.includes('event: pulse')) response.destroy();
        });
        response.on('close', () => {
          const isJson = response.headers['content-type']?.includes('json');
          resolve({ status: response.statusCode!, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined });
        });
        response.on('error', () => {});
      });
      call.on('error', reject);
      call.end(body);
    });
  return { cluster, server, ask, get: (path: string, headers?: Record<string, string>) => ask('GET', path, headers) };
}

const locked = { admin: { host: '127.0.0.1', port: 0, key: 'correct horse' } };
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

test('health tells workers, slots, memory and store, and 503 while draining, overloaded or without a worker', async (t) => {
  const { cluster, get } = await admin(t);
  const fine = await get('/health');
  t.equal(fine.status, 200);
  t.match(fine.json, {
    status: 'ok',
    workers: { wanted: 2, ready: 2 },
    inFlight: 6,
    slots: { total: 1000, free: 994 },
    store: { kind: 'embedded' },
  });
  cluster.rows = [workerRow({ inFlight: 1000 })];
  t.match(await get('/health'), { status: 503, json: { status: 'overloaded', slots: { free: 0 } } });
  cluster.rows = [workerRow({ state: 'starting' })];
  t.match(await get('/health'), { status: 503, json: { status: 'starting' } });
  cluster.phase = 'draining';
  t.match(await get('/health'), { status: 503, json: { status: 'draining' } });
});

test('ready only when all workers serve, and says what is missing', async (t) => {
  const { cluster, get } = await admin(t);
  t.match(await get('/ready'), { status: 200, json: { ready: true, missing: [] } });
  cluster.rows = [workerRow(), workerRow({ id: 2, state: 'leaving' })];
  t.match(await get('/ready'), { status: 503, json: { ready: false, missing: ['1 of 2 workers serve'] } });
});

test('credentials: every configured one, its state, its rest and its counts, never its key', async (t) => {
  const { cluster, get } = await admin(t);
  cluster.rests.set('main/k1', { model: '*', reason: 'rate-limited', remaining: 4200, trial: false });
  cluster.paused.add('main/k2');
  const attempt = {
    requestId: 'r',
    at: 1,
    alias: 'gpt-4o',
    upstream: 'main',
    credential: 'k1',
    model: 'm',
    duration: 1,
    sticky: false,
    trial: false,
  };
  cluster.counting.attempt({ ...attempt, outcome: 'rate-limited' });
  const { json, text } = await get('/api/credentials');
  t.match(json.credentials, [
    {
      credential: 'k1',
      state: 'resting',
      reason: 'rate-limited',
      remaining: 4200,
      models: ['*'],
      picks: 100,
      attempts: { 'rate-limited': 1 },
    },
    { credential: 'k2', state: 'paused', weight: 3 },
  ]);
  t.notMatch(text, /canary/);
});

test('pausing and resuming reaches the store, and only configured credentials can be named', async (t) => {
  const { cluster, ask } = await admin(t);
  t.match(await ask('POST', '/api/credentials/main/k1/pause'), { status: 200, json: { paused: true } });
  t.match(await ask('POST', '/api/credentials/main/k1/resume'), { status: 200, json: { paused: false } });
  t.equal((await ask('POST', '/api/credentials/main/nobody/pause')).status, 404);
  t.same(cluster.asked, ['pause main/k1', 'resume main/k1']);
});

test('a rolling restart is started or refused with its reason; a refused reload lists its faults', async (t) => {
  const { cluster, ask } = await admin(t);
  t.match(await ask('POST', '/api/restart'), { status: 202, json: { started: true } });
  cluster.restart = { started: false, reason: 'the gateway is draining' };
  t.match(await ask('POST', '/api/restart'), { status: 409, json: { reason: 'the gateway is draining' } });
  cluster.reloaded = { ok: false, faults: ['server.port: must be a number'] };
  t.match(await ask('POST', '/api/reload'), { status: 422, json: { faults: ['server.port: must be a number'] } });
});

test('with a key, everything but health, readiness and the page itself needs it', async (t) => {
  const { get } = await admin(t, locked);
  for (const path of ['/health', '/ready', '/', '/page/main.js']) t.equal((await get(path)).status, 200, path);
  const paths = [...ADMIN_VIEWS, ADMIN_EVENTS, '/api/nothing'];
  for (const path of paths) {
    const [none, wrong] = [await get(path), await get(path, bearer('correct hors'))];
    t.same([none.status, wrong.status], [401, 401], path);
    t.same(none.json, wrong.json, 'a missing key and a wrong one get one answer');
  }
  for (const path of paths.slice(0, -1)) t.equal((await get(path, bearer('correct horse'))).status, 200, path);
});

test('changes from another site are refused whatever browser sends them; programs may pass', async (t) => {
  const { cluster, server, ask } = await admin(t);
  const own = `http://127.0.0.1:${server.port}`;
  const hostile: Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: `http://127.0.0.1:${server.port + 1}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of hostile) t.equal((await ask('POST', '/api/restart', headers)).status, 403, JSON.stringify(headers));
  t.equal((await ask('POST', '/api/restart', { 'content-type': 'text/plain' }, '{}')).status, 415);
  t.same(cluster.asked, []);
  t.equal(
    (
      await ask(
        'POST',
        '/api/restart',
        { origin: own, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
        '{}',
      )
    ).status,
    202,
  );
});

test('a name that a page elsewhere pointed at loopback is refused', async (t) => {
  const { get } = await admin(t);
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:9090'])
    t.equal((await get('/api/workers', { host })).status, 403, host);
  for (const host of ['localhost', 'localhost:9090', '127.0.0.1:1', '[::1]:9090'])
    t.equal((await get('/api/workers', { host })).status, 200, host);
});

test('an unknown path is 404, a wrong method 405 with Allow, both as JSON', async (t) => {
  const { ask } = await admin(t);
  t.match(await ask('GET', '/nothing'), { status: 404, json: { error: { code: 'not_found' } } });
  t.match(await ask('GET', '/page/..%2f..%2fserver.ts'), { status: 404, json: { error: { code: 'not_found' } } });
  t.match(await ask('POST', '/metrics'), {
    status: 405,
    headers: { allow: 'GET, HEAD' },
    json: { error: { code: 'method_not_allowed' } },
  });
  t.match(await ask('GET', '/api/restart'), { status: 405, headers: { allow: 'POST' } });
});

test('every answer carries the security headers and no CORS header', async (t) => {
  const { get } = await admin(t);
  for (const path of ['/', '/health', '/api/workers', '/nothing', '/metrics']) {
    const { headers } = await get(path);
    t.match(
      headers,
      { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'content-security-policy': /frame-ancestors 'none'/ },
      path,
    );
    t.notOk(Object.keys(headers).some((name) => name.startsWith('access-control')));
  }
});

test('metrics come as Prometheus text of the whole cluster', async (t) => {
  const { cluster, get } = await admin(t);
  cluster.counting.tallies.chunks = 93;
  const { headers, text } = await get('/metrics');
  t.match(headers['content-type'], 'text/plain; version=0.0.4');
  t.match(text, '\ntidegate_stream_chunks_total 93\n');
});

test('sessions show hashes, configuration shows no secret', async (t) => {
  const upstreams = [{ ...sampleConfig().upstreams[0]!, baseUrl: 'https://user:hunter-canary@host.example/base?key=canary' }];
  const { get } = await admin(t, {
    ...locked,
    upstreams,
    store: { url: 'redis://:canary@127.0.0.1', prefix: 'x', timeout: 1, limitsWhenAway: 'open' },
  });
  t.match((await get('/api/sessions', bearer('correct horse'))).json, { count: 1284, newest: [{ session: 'a1b2c3d4e5f60718' }] });
  const { json, text } = await get('/api/config', bearer('correct horse'));
  t.match(json, {
    upstreams: [{ name: 'main', baseUrl: 'https://host.example/base' }],
    clients: [{ name: 'app' }],
    admin: { protected: true },
  });
  t.notMatch(text, /canary|abab|correct horse/);
});

test('events give the history, then a pulse with workers each second', async (t) => {
  const { get } = await admin(t);
  const { text } = await get('/api/events');
  t.match(text, /^event: history\ndata: \[\]\n\n/);
  const pulse = JSON.parse(/event: pulse\ndata: (.*)\n/.exec(text)![1]!);
  t.match(pulse, {
    version: '1.2.3',
    status: 'ok',
    workers: [{ id: 1 }, { id: 2 }],
    pulse: { requestsPerSecond: null, streams: 0 },
  });
});
