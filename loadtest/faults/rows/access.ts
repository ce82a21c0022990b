/** K: who may ask, what may be seen, and where requests may go. */
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CANARIES, upstreamKey } from '../canary.js';
import { signal } from '../children.js';
import { ask, PATHS } from '../client/ask.js';
import { speak } from '../client/speak.js';
import { equal, ok, quantile, until, withinMs } from '../expect.js';
import { FORMS, gatewayConfig, modelsFor, ONE_CLIENT } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import { leaksIn } from '../leaks.js';
import { type FaultRow, pass } from '../row.js';
import { errorEvent, wholeBody } from '../wall/answers.js';
import { begin, due, nameOf, waysModels, waysOf } from './ways.js';

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

const ownKey: FaultRow = {
  id: 'K3',
  title: 'a client’s key or cookie at the upstream',
  promise: 'Never: every route sends the gateway’s own credential alone.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('k3', { converted: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    const ways = waysOf('k3', { converted: true });
    const headers = {
      cookie: `token=${CANARIES.clientKey}`,
      'x-goog-api-key': CANARIES.clientKey,
      'api-key': CANARIES.clientKey,
    };
    for (const { form, model } of ways)
      for (const stream of [true, false]) due(await ask(origin, { form, model, stream, headers }), 'complete', model);
    for (const path of ['/v1/embeddings', '/v1/messages/count_tokens']) {
      const model = path.includes('count') ? 'k3-messages' : 'k3-chat';
      const body = JSON.stringify({ model, input: 'x', messages: [{ role: 'user', content: 'x' }] });
      const auth = { authorization: `Bearer ${CANARIES.clientKey}`, 'content-type': 'application/json', ...headers };
      await (await fetch(origin + path, { method: 'POST', headers: auth, body })).text();
    }
    // All that this run has sent so far, not this row's alone.
    const leaking = bench.wall.calls.filter(({ request }) => (request.head + request.body).includes(CANARIES.clientKey));
    equal(leaking.length, 0, `requests upstream with the client's key, like ${leaking[0]?.request.path}`);
    return pass('never sent', { 'requests looked at': bench.wall.calls.length, 'with a client key': 0 });
  },
};

const upstreamSecrets: FaultRow = {
  id: 'K4',
  title: 'an upstream repeats the key it was sent: in headers, errors, events; sets cookies, names organisations',
  promise: 'The key never reaches the client, nor do Set-Cookie, Location and the organisation.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: [
    ...waysModels('k4-ok', { converted: true }),
    ...waysModels('k4-error', { converted: true }),
    ...waysModels('k4-event', { converted: true }),
    ...waysModels('k4-first', { converted: true }),
  ],
  async run(bench) {
    const { origin } = await bench.shared();
    const headersOf = (key: string): string[] => [
      `x-echo: ${key}`,
      `set-cookie: key=${key}`,
      'location: http://inside.example/',
      'openai-organization: org-inside',
      `www-authenticate: Bearer ${key}`,
    ];
    let asked = 0;
    const look = (name: string, text: string): void => {
      asked++;
      equal(leaksIn(text, ['prompt', 'session']), [], name);
      ok(!/set-cookie|inside\.example|org-inside/i.test(text), `${name}: a header of the upstream's`);
    };
    for (const kind of ['ok', 'error', 'event', 'first'] as const)
      for (const way of waysOf(`k4-${kind}`, { converted: true })) {
        bench.wall.on(way.upstream, (call) => {
          const message = `Bad key ${call.key} given to http://inside.example/`;
          if (kind === 'ok' && !call.streamed) return call.answer(200, wholeBody(call.form), ...headersOf(call.key));
          if (kind === 'error') return call.error(400, { message: `Bad key ${call.key}` }, ...headersOf(call.key));
          if (kind === 'ok') return call.healthy();
          if (kind === 'event') begin(call, 5);
          else call.openStream(...headersOf(call.key));
          call.chunk(
            errorEvent(call.form).replace(
              /"message":"[^"]*"/,
              `"message":${JSON.stringify(message.replace('http://inside.example/', 'us'))}`,
            ),
          );
          call.endStream();
        });
        for (const stream of kind === 'event' || kind === 'first' ? [true] : [true, false]) {
          const answer = await ask(origin, { form: way.form, model: way.model, stream, echoes: true });
          look(`${kind}, ${nameOf(way)}, ${stream ? 'streamed' : 'whole'}`, answer.body + JSON.stringify(answer.headers));
        }
      }
    return pass('never told', { answers: asked, leaks: 0 });
  },
};

const chosenHost: FaultRow = {
  id: 'K5',
  title: 'a caller names a host: in the body, nested, in the query, in headers, as a picture',
  promise: 'Ignored or refused with 400: the gateway never calls it.',
  length: 'quick',
  needs: ['shared-gateway'],
  models: waysModels('k5', { converted: true }),
  async run(bench) {
    const { origin } = await bench.shared();
    let hits = 0;
    const port = await bench.listen(() => hits++);
    const url = `http://127.0.0.1:${port}/canary`;
    const fields = [
      'api_base',
      'base_url',
      'baseURL',
      'baseUrl',
      'custom_host',
      'endpoint',
      'url',
      'proxy',
      'host',
      'target',
      'provider',
      'webhook_url',
    ];
    const flat = Object.fromEntries(fields.map((name) => [name, url]));
    const headers = Object.fromEntries(
      [
        'x-portkey-custom-host',
        'x-target-host',
        'x-upstream',
        'x-base-url',
        'openai-base-url',
        'x-forwarded-host',
        'helicone-target-url',
      ].map((name) => [name, url]),
    );
    let asked = 0;
    for (const { form, model } of waysOf('k5', { converted: true })) {
      const picture =
        form === 'messages'
          ? { type: 'image', source: { type: 'url', url } }
          : form === 'chat'
            ? { type: 'image_url', image_url: { url } }
            : { type: 'input_image', image_url: url };
      const message = { role: 'user', content: [picture] };
      const wishes = [
        flat,
        { metadata: flat },
        { litellm_params: flat, extra_body: flat },
        form === 'responses' ? { input: [message] } : { messages: [message] },
      ];
      for (const more of wishes) {
        const answer = await ask(origin, { form, model, headers, more });
        ok(answer.status === 200 || answer.status === 400, `${model}: ${answer.status}`);
        asked++;
      }
      const query = new URLSearchParams(flat).toString();
      const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'x' }], input: 'x', max_tokens: 5 });
      const auth = { authorization: `Bearer ${CANARIES.clientKey}`, 'content-type': 'application/json' };
      await (await fetch(`${origin}${PATHS[form]}?${query}`, { method: 'POST', headers: auth, body })).text();
      asked++;
    }
    equal(hits, 0, 'connections to the named host');
    return pass('never called', { requests: asked, hits });
  },
};

const adminChanges: FaultRow = {
  id: 'K6',
  title: 'an address set from outside: loopback, metadata service, odd spellings',
  promise:
    'There is no way to set one but the config file: the admin port takes none, and odd base URLs in the file are refused or called as written.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const gateway = await bench.startGateway({ models: modelsFor('k6', { forms: ['chat'] }) });
    const body = JSON.stringify({
      baseUrl: 'http://169.254.169.254/',
      upstreams: [{ name: 'evil', baseUrl: 'http://169.254.169.254/' }],
    });
    let asked = 0;
    for (const path of [
      '/api/config',
      '/api/upstreams',
      '/api/upstreams/k6-chat-a',
      '/api/credentials',
      '/api/credentials/k6-chat-a/k1',
      '/api/models',
      '/api/reload',
    ])
      for (const method of ['PUT', 'PATCH', 'POST', 'DELETE']) {
        const { status } = await fetch(gateway.admin + path, { method, body, headers: { 'content-type': 'application/json' } });
        // A reload reads the file again, whatever it is sent.
        ok(
          [400, 401, 403, 404, 405].includes(status) || (path === '/api/reload' && method === 'POST'),
          `${method} ${path}: ${status}`,
        );
        asked++;
      }
    due(await ask(gateway.origin, { model: 'k6-chat' }), 'complete', 'afterwards');
    const config = JSON.stringify(await gateway.api('/api/config'));
    ok(!config.includes('169.254'), 'the address is in the configuration');
    const refused: string[] = [];
    for (const baseUrl of [
      'http://a@127.0.0.1/',
      'http://127.0.0.1/#x',
      'http://127.0.0.1/?x=1',
      'file:///etc/passwd',
      'gopher://127.0.0.1/',
      'javascript:x',
      '//127.0.0.1/',
      'http://',
    ]) {
      const wish = { models: [{ model: 'k6', places: [{ upstream: 'k6', form: 'chat' as const, baseUrl }] }] };
      const started = bench.spawnGateway(gatewayConfig(wish, bench.wall.origin), { args: ['--check'] });
      const { code } = await started.exit;
      equal(code, 78, `exit code for ${baseUrl}`);
      refused.push(baseUrl);
    }
    return pass('only the file sets addresses', { requests: asked, 'odd base URLs refused': refused.length });
  },
};

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
    const paths = [
      '/metrics',
      '/api/workers',
      '/api/credentials',
      '/api/sessions',
      '/api/usage',
      '/api/attempts',
      '/api/config',
      '/api/events',
      '/debug',
      '/heapdump',
      '/env',
    ];
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

function withoutCredential(config: Record<string, unknown>, id: string): Record<string, unknown> {
  const upstreams = config.upstreams as { credentials: { id: string }[] }[];
  return {
    ...config,
    upstreams: upstreams.map((upstream) => ({ ...upstream, credentials: upstream.credentials.filter((one) => one.id !== id) })),
  };
}

const removedKey: FaultRow = {
  id: 'K8',
  title: 'a credential is removed while its streams run',
  promise: 'They finish; no request uses it later than a second after the reload, on any worker.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const wish = { models: modelsFor('k8', { forms: ['chat'], credentials: 2 }), workers: 2 };
    const gateway: GatewayProcess = await bench.startGateway(wish);
    bench.wall.on('k8-chat-a', (call) => call.healthy({ pause: call.streamed ? 50 : 0 }));
    const streams = Array.from({ length: 12 }, () => ask(gateway.origin, { model: 'k8-chat', stream: true }));
    await until('the streams run', () => bench.wall.callsOf('k8-chat-a').length >= streams.length);
    const running = bench.wall.callsOf('k8-chat-a').filter(({ credential }) => credential === 'k1').length;
    ok(running > 0, 'no stream runs on the credential');
    gateway.write(withoutCredential(gatewayConfig(wish, bench.wall.origin), 'k1'));
    const asked = performance.now();
    signal(gateway.pid, 'SIGHUP');
    let requests = 0;
    for (; performance.now() < asked + 2_500; requests++)
      due(await ask(gateway.origin, { model: 'k8-chat' }), 'complete', 'around the reload');
    for (const answer of await Promise.all(streams)) due(answer, 'complete', 'a stream that ran');
    const uses = bench.wall.callsOf('k8-chat-a').filter(({ credential, at }) => credential === 'k1' && at > asked);
    const last = Math.max(0, ...uses.map(({ at }) => at - asked));
    withinMs(last, 1_000, 'ms after the reload was asked for that it was last used');
    equal(
      bench.wall.callsOf('k8-chat-a').some(({ key }) => key === upstreamKey('k8-chat-a', 2)),
      true,
      'the other is used',
    );
    return pass('streams finished, no late use', { 'streams on it': running, requests, 'last use after ms': last });
  },
};

export const ACCESS_ROWS: readonly FaultRow[] = [
  wrongKeys,
  timing,
  ownKey,
  upstreamSecrets,
  chosenHost,
  adminChanges,
  everyRoute,
  removedKey,
  crawl,
  crossOrigin,
  inspector,
];
