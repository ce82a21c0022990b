/** K: who may ask, what may be seen, and where requests may go. */
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_EVENTS, ADMIN_VIEWS } from '../admin-paths.js';
import { CANARIES } from '../canary.js';
import { signal } from '../children.js';
import { ask, PATHS } from '../client/ask.js';
import { speak } from '../client/speak.js';
import { equal, ok, quantile } from '../expect.js';
import { FORMS, gatewayConfig, modelsFor, ONE_CLIENT } from '../gateway-config.js';
import { leaksIn } from '../leaks.js';
import { type FaultRow, pass } from '../row.js';
import { due } from './ways.js';

const WRONG_KEYS: Readonly<Record<string, readonly string[]>> = {
  none: [],
  wrong: ['Authorization: Bearer sk-nobody-has-this-key'],
  empty: ['Authorization: Bearer '],
  'no key behind Bearer': ['Authorization: Bearer'],
  'the name alone': ['Authorization: '],
  'another scheme': [`Authorization: Basic ${Buffer.from(CANARIES.clientKey).toString('base64')}`],
  '10 KB': [`Authorization: Bearer ${'k'.repeat(10_000)}`],
  'two that differ': [`Authorization: Bearer ${CANARIES.clientKey}`, 'x-api-key: sk-nobody'],
  'two Authorizations': [`Authorization: Bearer sk-nobody`, `Authorization: Bearer ${CANARIES.clientKey}`],
  'foreign letters': ['Authorization: Bearer sk-\xe4\xf6\xfc'],
  'a right one, and more': [`Authorization: Bearer ${CANARIES.clientKey}x`],
  'a right one, cut': [`Authorization: Bearer ${CANARIES.clientKey.slice(0, -1)}`],
  'in the query only': [],
};

const wrongKeys: FaultRow = {
  id: 'K1',
  title: 'wrong, empty, huge, doubled and foreign keys',
  promise: 'The same 401 in the client’s shape for each, whatever is wrong with the key, and the key is not repeated.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: modelsFor('k1'),
  async run(bench) {
    const { port } = await bench.shared();
    let asked = 0;
    for (const form of FORMS) {
      const bodies = new Set<string>();
      for (const [name, lines] of Object.entries(WRONG_KEYS)) {
        const body = JSON.stringify({ model: `k1-${form}`, messages: [], input: 'x', max_tokens: 1 });
        const path = name === 'in the query only' ? `${PATHS[form]}?key=${CANARIES.clientKey}` : PATHS[form];
        const head = [`POST ${path} HTTP/1.1`, 'Host: g', ...lines, 'Connection: close', `Content-Length: ${body.length}`];
        const heard = await speak(port, `${head.join('\r\n')}\r\n\r\n${body}`);
        // Two Authorization headers: Node takes the first, other readers the last; 400 is as good.
        ok(heard.status === 401 || (name === 'two Authorizations' && heard.status === 400), `${name}, ${form}: ${heard.status}`);
        ok(!heard.text.includes('sk-nobody') && !heard.text.includes('kkkkkkkk'), `${name}, ${form}: the key is repeated`);
        if (heard.status === 401) bodies.add((heard.text.split('\r\n\r\n')[1] ?? '').replace(/"request_id":"[^"]*"/, ''));
        asked++;
      }
      equal(bodies.size, 1, `${form}: different bodies for different mistakes`);
      const [body = ''] = bodies;
      ok(
        form === 'messages' ? body.includes('authentication_error') : body.includes('"code":"invalid_api_key"'),
        `${form}: ${body}`,
      );
    }
    equal(bench.wall.callsOf('k1-*').length, 0, 'requests upstream');
    return pass('the same 401 for each', { requests: asked, 'different bodies a form': 1 });
  },
};

const GUESSES = 3_000;

const timing: FaultRow = {
  id: 'K2',
  title: 'keys guessed letter by letter, timed',
  promise: 'A guess that shares all but its last letter with a right key takes as long as one that shares none.',
  length: 'quick',
  needs: ['own-gateway'],
  alone: true,
  async run(bench) {
    const gateway = await bench.startGateway({
      models: modelsFor('k2', { forms: ['chat'] }),
      workers: 1,
      config: { clients: ONE_CLIENT },
    });
    const far = 'z'.repeat(CANARIES.clientKey.length);
    const near = `${CANARIES.clientKey.slice(0, -1)}z`;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    bench.onEnd(() => agent.destroy());
    const timeOf = (key: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const began = process.hrtime.bigint();
        get(`${gateway.origin}/v1/models`, { agent, headers: { authorization: `Bearer ${key}` } }, (answer) => {
          const took = Number(process.hrtime.bigint() - began) / 1000;
          answer
            .resume()
            .on('end', () =>
              answer.statusCode === 401 ? resolve(took) : reject(new Error(`${answer.statusCode} for a wrong key`)),
            );
        }).on('error', reject);
      });
    for (let warm = 0; warm < 300; warm++) await timeOf(far);
    const times = { far: [] as number[], near: [] as number[] };
    for (let guess = 0; guess < GUESSES; guess++) {
      // In turn, and each first half of the time: what else the machine does falls on both.
      const order = guess % 2 === 0 ? (['far', 'near'] as const) : (['near', 'far'] as const);
      for (const kind of order) times[kind].push(await timeOf(kind === 'far' ? far : near));
    }
    const t = welch(trimmed(times.far), trimmed(times.near));
    const medians = { far: quantile(times.far, 0.5), near: quantile(times.near, 0.5) };
    ok(Math.abs(t) < 5, `t = ${t.toFixed(2)}`);
    return pass('no difference', {
      guesses: 2 * GUESSES,
      t: t.toFixed(2),
      'median µs, none shared': medians.far,
      'median µs, all but one shared': medians.near,
    });
  },
};

/** Without the slowest tenth: what else the machine does. */
function trimmed(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b).slice(0, Math.floor(values.length * 0.9));
}

/** Welch's t for two samples. */
function welch(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = (values: readonly number[]): number => {
    const middle = mean(values);
    return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1) / values.length;
  };
  return (mean(a) - mean(b)) / Math.sqrt(spread(a) + spread(b));
}

const ROUTES: readonly (readonly [method: string, path: string])[] = [
  ...FORMS.map((form) => ['POST', PATHS[form]] as const),
  ['POST', '/v1/messages/count_tokens'],
  ['POST', '/v1/embeddings'],
  ['GET', '/v1/models'],
  ['GET', '/v1/models/k7-chat'],
];

const everyRoute: FaultRow = {
  id: 'K7',
  title: 'each route on its own, without a key',
  promise: 'Every data route asks for the key, and a model that a client may not use is refused on every one.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const clients = [...ONE_CLIENT, { name: 'narrow', key: 'sk-narrow-client-1', models: ['other-*'] }];
    const gateway = await bench.startGateway({ models: modelsFor('k7'), config: { clients } });
    const seen: Record<string, number> = {};
    for (const [method, path] of ROUTES) {
      const body =
        method === 'POST'
          ? JSON.stringify({ model: 'k7-chat', messages: [{ role: 'user', content: 'x' }], input: 'x', max_tokens: 1 })
          : undefined;
      const headers = { 'content-type': 'application/json' };
      const without = await fetch(gateway.origin + path, { method, body, headers });
      equal(without.status, 401, `${method} ${path} without a key`);
      const narrow = await fetch(gateway.origin + path, {
        method,
        body,
        headers: { ...headers, authorization: 'Bearer sk-narrow-client-1' },
      });
      const text = await narrow.text();
      if (path === '/v1/models') ok(!text.includes('k7-chat'), 'a list names a model that is not allowed');
      else ok(narrow.status === 403 || narrow.status === 404, `${method} ${path}, model not allowed: ${narrow.status}`);
      seen[`status ${narrow.status}`] = (seen[`status ${narrow.status}`] ?? 0) + 1;
    }
    equal(bench.wall.callsOf('k7-*').length, 0, 'requests upstream');
    return pass('the same guard on each', { routes: ROUTES.length, ...seen });
  },
};

const crawl: FaultRow = {
  id: 'K11',
  title: 'admin, metrics and config without a key; from another host; for what they show',
  promise:
    'Behind a key where one is set, refused to bind beyond loopback without one, absent from the data port; they show no key and no prompt.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const wish = { models: modelsFor('k11', { forms: ['chat'] }) };
    const gateway = await bench.startGateway({
      ...wish,
      config: { admin: { port: 0, key: CANARIES.adminKey }, clients: ONE_CLIENT },
    });
    due(await ask(gateway.origin, { model: 'k11-chat', session: CANARIES.session }), 'complete', 'a request to be shown');
    const paths = [...ADMIN_VIEWS, ADMIN_EVENTS, '/debug', '/heapdump', '/env'];
    for (const path of paths) {
      const without = await fetch(gateway.admin + path);
      await without.body?.cancel();
      ok(without.status === 401 || without.status === 404, `${path} without the key: ${without.status}`);
      const data = await fetch(gateway.origin + path);
      await data.body?.cancel();
      ok(data.status === 401 || data.status === 404, `${path} on the data port: ${data.status}`);
      if (path === '/api/events') continue;
      const own = await fetch(gateway.admin + path, { headers: { authorization: `Bearer ${CANARIES.adminKey}` } });
      equal(leaksIn(await own.text()), [], `${path} shows`);
    }
    const rebound = await speak(
      Number(new URL(gateway.admin).port),
      `GET /metrics HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer ${CANARIES.adminKey}\r\nConnection: close\r\n\r\n`,
    );
    ok(rebound.status >= 400, `a foreign Host on the admin port: ${rebound.status}`);
    const open = bench.spawnGateway({ ...gatewayConfig(wish, bench.wall.origin), admin: { port: 0, host: '0.0.0.0' } });
    equal((await open.exit).code, 78, 'exit code: admin beyond loopback without a key');
    return pass('closed', { paths: paths.length, leaks: 0 });
  },
};

const crossOrigin: FaultRow = {
  id: 'K12',
  title: 'pages of other origins: Origin evil, null, preflight',
  promise: 'No answer allows another origin; on the admin port a change from one is refused.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const gateway = await bench.startGateway({ models: modelsFor('k12', { forms: ['chat'] }), config: { clients: ONE_CLIENT } });
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1'])
      for (const [base, paths] of [
        [gateway.origin, ['/v1/chat/completions', '/v1/models', '/health']],
        [gateway.admin, ['/', '/metrics', '/api/config', '/api/restart']],
      ] as const)
        for (const path of paths)
          for (const method of ['OPTIONS', 'GET', 'POST']) {
            const answer = await speak(
              Number(new URL(base).port),
              `${method} ${path} HTTP/1.1\r\nHost: ${new URL(base).host}\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
            );
            ok(
              !/^access-control-allow/im.test(answer.text),
              `${method} ${path}: ${/^access-control.*$/im.exec(answer.text)?.[0]}`,
            );
            if (method === 'POST' && path === '/api/restart')
              ok(answer.status === 403, `a restart asked for by ${origin}: ${answer.status}`);
          }
    return pass('none allowed', { 'allowing headers': 0 });
  },
};

const inspector: FaultRow = {
  id: 'K13',
  title: 'SIGUSR1, which opens Node’s inspector',
  promise: 'No inspector listens in the primary or a worker, and both go on.',
  length: 'quick',
  needs: ['own-gateway', 'linux'],
  async run(bench) {
    const gateway = await bench.startGateway({ models: modelsFor('k13', { forms: ['chat'] }) });
    const pids = [gateway.pid, ...gateway.workers()];
    for (const pid of pids) signal(pid, 'SIGUSR1');
    await sleep(1_000);
    const said = [...gateway.stderr, ...gateway.stdout].filter((line) => /debugger listening|ws:\/\//i.test(line));
    const listening = inspectorsOf(pids);
    equal(said.length + listening, 0, `inspectors that listen (${said[0] ?? ''})`);
    equal([gateway.pid, ...gateway.workers()], pids, 'processes');
    due(await ask(gateway.origin, { model: 'k13-chat' }), 'complete', 'afterwards');
    return pass('nothing listens', { processes: pids.length, inspectors: 0 });
  },
};

/** Sockets of these processes that listen on ports 9229–9239. */
function inspectorsOf(pids: readonly number[]): number {
  const table = readFileSync(`/proc/${pids[0]}/net/tcp`, 'utf8').split('\n').slice(1);
  return table.filter((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const port = Number.parseInt(local.split(':')[1] ?? '0', 16);
    return state === '0A' && port >= 9229 && port < 9240;
  }).length;
}

export const ACCESS_ROWS: readonly FaultRow[] = [wrongKeys, timing, everyRoute, crawl, crossOrigin, inspector];
