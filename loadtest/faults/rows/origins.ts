/** K: what of the gateway's and its clients' own goes where, and who says where. */
import { CANARIES, upstreamKey } from '../canary.js';
import { signal } from '../children.js';
import { ask, PATHS } from '../client/ask.js';
import { equal, ok, until, withinMs } from '../expect.js';
import { gatewayConfig, modelsFor } from '../gateway-config.js';
import type { GatewayProcess } from '../gateway-process.js';
import { leaksIn } from '../leaks.js';
import { type FaultRow, pass } from '../row.js';
import { errorEvent, wholeBody } from '../wall/answers.js';
import { begin, due, nameOf, waysModels, waysOf } from './ways.js';

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

export const ORIGIN_ROWS: readonly FaultRow[] = [ownKey, upstreamSecrets, chosenHost, adminChanges, removedKey];
