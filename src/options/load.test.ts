import fc from 'fast-check';
import { test } from 'tap';
import { formatFaults, loadOptions, type OptionsInput, reloadOptions, withDemoUpstream } from './index.js';

const encode = (text: string) => new TextEncoder().encode(text);

/** Options from a file given as text, other files beside it. */
function load(yaml: string | Uint8Array, more: Partial<OptionsInput> & { readonly files?: Record<string, string> } = {}) {
  const files: Record<string, string> = more.files ?? {};
  return loadOptions({
    argv: ['--config', '/etc/gate.yaml'],
    env: {},
    availableParallelism: 4,
    readFile: (path) => {
      if (path === '/etc/gate.yaml') return { bytes: typeof yaml === 'string' ? encode(yaml) : yaml };
      return files[path] === undefined ? { fault: 'does not exist' } : { bytes: encode(files[path]) };
    },
    ...more,
  });
}

function configOf(yaml: string, more: Parameters<typeof load>[1] = {}) {
  const result = load(yaml, more);
  if (result.kind !== 'ok') throw new Error(`not ok: ${JSON.stringify(result)}`);
  return result.config;
}

function faultsOf(yaml: string | Uint8Array, more: Parameters<typeof load>[1] = {}): Record<string, string> {
  const result = load(yaml, more);
  return result.kind === 'faults' ? Object.fromEntries(result.faults.map(({ path, message }) => [path, message])) : {};
}

const UPSTREAM =
  'upstreams: [{ name: a, protocol: openai, baseUrl: "http://h:9/v1/", credentials: [{ id: k1, key: key-one }] }]\n';

test('defaults are those of the contract, and models are * over all upstreams', (t) => {
  const config = configOf(UPSTREAM);
  t.match(config.server, {
    host: '127.0.0.1',
    port: 8080,
    workers: 4,
    bodyLimit: 32 * 1024 ** 2,
    drain: 30_000,
    heartbeat: 15_000,
  });
  t.match(config.timeouts, { connect: 2000, headers: 60_000, firstToken: 60_000, idle: 60_000, total: 1_800_000 });
  t.match(config, {
    admin: { port: 9090 },
    retry: { attempts: 3, budgetPercent: 20 },
    sticky: { header: 'x-session-id', ttl: 3_600_000 },
  });
  t.strictSame(config.models, [{ name: '*', targets: [{ upstream: 'a', weight: 1, priority: 1 }] }]);
  t.equal(config.upstreams[0]?.baseUrl, 'http://h:9', 'a trailing /v1/ is taken off');
  t.end();
});

test('the configuration is frozen to its leaves', (t) => {
  const config = configOf(UPSTREAM);
  t.ok(Object.isFrozen(config) && Object.isFrozen(config.server) && Object.isFrozen(config.upstreams[0]?.credentials[0]));
  t.end();
});

test('a flag goes before the environment, that before the file, that before the default', (t) => {
  const file = `server: { port: 1 }\n${UPSTREAM}`;
  const argv = ['--config', '/etc/gate.yaml'];
  t.equal(configOf(file).server.port, 1);
  t.equal(configOf(file, { env: { PORT: '2' } }).server.port, 2);
  t.equal(configOf(file, { env: { PORT: '2' }, argv: [...argv, '--port', '3'] }).server.port, 3);
  t.equal(configOf(file, { env: { PORT: '' } }).server.port, 1, 'an empty variable counts as not set');
  t.equal(configOf(file, { env: { GATEWAY_CONFIG: '/etc/gate.yaml', REDIS_URL: 'redis://r' }, argv: [] }).store.url, 'redis://r');
  t.end();
});

test('references are filled in everywhere, bare inside braces too, and a number may come from one', (t) => {
  const yaml = `admin: { key: \${ADMIN} }\nserver: { port: \${P:-7070}, exposeAttempts: \${E} }\n${UPSTREAM.replace('key-one', () => '"$${x}-${K}"')}`;
  const config = configOf(yaml, { env: { ADMIN: '123', E: 'true', K: 'k' } });
  t.match(config, { admin: { key: '123' }, server: { port: 7070, exposeAttempts: true } });
  t.equal(config.upstreams[0]?.credentials[0]?.key, '${x}-k');
  t.end();
});

test('an unset or empty variable fails closed, each place told', (t) => {
  const faults = faultsOf(`admin: { key: \${A} }\nserver: { port: \${B} }\n${UPSTREAM}`, { env: { B: '' } });
  t.strictSame(faults, {
    'admin.key': 'needs the environment variable A, which is not set',
    'server.port': 'needs the environment variable B, which is empty',
  });
  t.end();
});

test('every fault is told at once with its path and the allowed range', (t) => {
  const faults = faultsOf(
    `server: { port: 99999, workers: 257, bogus: 1, bodyLimit: 2gb }
timeouts: { connect: 0, idle: 25h, total: -1 }
retry: { attempts: 11, budgetPercent: 101 }
sticky: { header: authorization }
upstreams:
  - { name: a, protocol: openai, baseUrl: "http://127.0.0.1:99/", credentials: [{ id: k1, key: "a b", weight: 0 }, { id: k1, key: "c\\nd" }] }
  - { name: a, protocol: anthropic, api: chat, baseUrl: "ftp://h/", credentials: [] }
models: [{ name: "g*", targets: [{ upstream: zz, weight: 101 }] }, { name: m, targets: [] }, { name: m, targets: [{ upstream: a }] }]
`,
    { argv: ['--config', '/etc/gate.yaml', '--workers', 'many', '--color'] },
  );
  t.match(faults, {
    '--workers': /auto or a whole number from 0 to 256/,
    '--color': /no flag/,
    'server.port': /from 0 to 65535/,
    'server.workers': /from 0 to 256/,
    'server.bogus': /unknown/,
    'server.bodyLimit': /from 1kb to 1gb/,
    'timeouts.connect': /from 1ms to 24h/,
    'timeouts.idle': /from 1ms to 24h/,
    'timeouts.total': /from 1ms to 24h/,
    'retry.attempts': /from 1 to 10/,
    'retry.budgetPercent': /from 0 to 100/,
    'sticky.header': /no credentials/,
    'upstreams[0].credentials[0].key': /without blanks or line breaks/,
    'upstreams[0].credentials[0].weight': /from 1 to 100/,
    'upstreams[0].credentials[1].id': /same id as upstreams\[0\].credentials\[0\].id/,
    'upstreams[0].credentials[1].key': /without blanks or line breaks/,
    'upstreams[1].name': /same name as upstreams\[0\].name/,
    'upstreams[1].api': /only with protocol: openai/,
    'upstreams[1].baseUrl': /http:\/\/ or https:\/\//,
    'upstreams[1].credentials': /at least one/,
    'models[0].name': /\* alone/,
    'models[0].targets[0].upstream': /no upstream/,
    'models[0].targets[0].weight': /from 1 to 100/,
    'models[1].targets': /at least one/,
    'models[2].name': /same name as models\[1\].name/,
  });
  t.end();
});

test('clients: key and keyHash are one or the other, and a key and its own hash are found to be the same', (t) => {
  const hash = '2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683'; // of "key"
  const clients = `clients: [{ name: a, key: key }, { name: b, keyHash: ${hash} }, { name: a }]\n`;
  t.match(faultsOf(clients + UPSTREAM), {
    'clients[1].keyHash': /same key as clients\[0\].key/,
    'clients[2].name': /same name/,
    'clients[2]': /exactly one of key and keyHash/,
  });
  t.equal(configOf(`clients: [{ name: a, key: key }]\n${UPSTREAM}`).clients[0]?.keyHash, hash);
  t.end();
});

test('without clients another host than loopback is refused, with clients it is not', (t) => {
  t.match(faultsOf(`server: { host: 0.0.0.0 }\n${UPSTREAM}`), { 'server.host': /loopback/ });
  t.match(faultsOf(UPSTREAM, { env: { HOST: '0.0.0.0' } }), { 'server.host': /loopback/ });
  t.equal(configOf(`clients: [{ name: a, key: k }]\nserver: { host: "::" }\n${UPSTREAM}`).server.host, '::');
  t.match(faultsOf(`admin: { host: 10.0.0.1 }\n${UPSTREAM}`), { 'admin.key': /not loopback/ });
  t.end();
});

test('an upstream that is the gateway itself is refused', (t) => {
  for (const url of ['http://127.0.0.1:8080', 'http://localhost:8080/v1', 'http://[::1]:8080', 'http://127.0.0.1:9090/']) {
    t.match(faultsOf(UPSTREAM.replace('http://h:9/v1/', url)), { 'upstreams[0].baseUrl': /itself/ }, url);
  }
  t.match(configOf(UPSTREAM.replace('h:9', 'localhost:8081')), { upstreams: [{ baseUrl: 'http://localhost:8081' }] });
  t.end();
});

test('credentials come from the list, from a key file beside the config file and from a generator, mixed', (t) => {
  const yaml = UPSTREAM.replace(
    '[{ id: k1, key: key-one }]',
    '[{ id: k1, key: key-one }, { file: keys.txt }, { generate: 2, prefix: sk-l- }]',
  );
  const files = { '/etc/keys.txt': '# ours\nkey-two\r\n\nspare key-three 7\n' };
  t.strictSame(configOf(yaml, { files }).upstreams[0]?.credentials, [
    { id: 'k1', key: 'key-one', weight: 1 },
    { id: 'file-0001', key: 'key-two', weight: 1 },
    { id: 'spare', key: 'key-three', weight: 7 },
    { id: 'g0001', key: 'sk-l-0001', weight: 1 },
    { id: 'g0002', key: 'sk-l-0002', weight: 1 },
  ]);
  t.equal(configOf(UPSTREAM.replace('[{ id: k1, key: key-one }]', '{ generate: 500 }')).upstreams[0]?.credentials.length, 500);
  t.match(faultsOf(yaml), { 'upstreams[0].credentials[1].file': /does not exist/ });
  t.match(faultsOf(yaml, { files: { '/etc/keys.txt': 'a b 0\nx y z w' } }), {
    'upstreams[0].credentials[1].file (line 1)': /weight/,
    'upstreams[0].credentials[1].file (line 2)': /id key weight/,
  });
  t.end();
});

test('a file that is no readable YAML gives one clear line', (t) => {
  const cases: [string | Uint8Array, RegExp][] = [
    ['', /is empty/],
    ['# only a comment\n', /is empty/],
    ['a: 1\na: 2\n', /line 2, column 1: the same key twice/],
    ['a: [1\n', /line 2, column 1/],
    ['a: &a { b: *a }\n', /loop/],
    [
      `a: &a [1,1,1,1,1,1,1,1,1]\n${[...'bcdefgh'].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefg'[i]}`)}]`).join('\n')}`,
      /aliases/,
    ],
    [`${'['.repeat(50_000)}`, /nested|line 1/],
    [new Uint8Array([0x61, 0x3a, 0x20, 0xff]), /UTF-8/],
    ['- a\n', /map of options/],
    ['just words\n', /map of options/],
  ];
  for (const [yaml, message] of cases) t.match(Object.values(faultsOf(yaml)).join('\n'), message, String(yaml).slice(0, 20));
  t.equal(configOf(`\ufeff${UPSTREAM}`).upstreams.length, 1, 'a byte order mark is no fault');
  t.end();
});

const CANARY = 'sk-canary7f3a';

test('no fault repeats a value, wherever in the file a secret ends up', (t) => {
  const places = [
    'server: X',
    'server: { port: X }',
    'server: { X: 1 }',
    'X: 1',
    'X',
    'timeouts: { idle: X }',
    'clients: X',
    'upstreams: [X]',
    'a: "X',
    'clients: [{ key: X }, { key: X }]',
    'clients: [{ key:X }]',
    'upstreams: [{ credentials: [{ id: X, key: "X X" }, { id: X, key: X }] }]',
    'upstreams: [{ baseUrl: "http://u:X@h" }]',
    'store: { url: "http://:X@h" }',
    'models: [{ name: "X X", targets: [{ upstream: X }] }]',
    'sticky: { header: "X:" }',
    'a: ${X}',
    'a: *X',
    'X: 1\nX: 2',
    'a: !X b',
    'X: ${UNSET_NAME}',
    'upstreams: [{ credentials: { file: X } }]',
    '%X\n---\na: 1',
  ];
  for (const place of places) {
    const result = load(place.replaceAll('X', CANARY), {
      argv: ['--config', '/etc/gate.yaml', `--port=${CANARY}`, CANARY, `--${CANARY}`],
    });
    if (result.kind !== 'faults') throw new Error(`should be faulty: ${place}`);
    t.notMatch(formatFaults(result.faults, result.source), CANARY, place);
  }
  t.end();
});

test('no fault repeats a value, whatever tree of options it hangs in', (t) => {
  const word = fc.constantFrom(
    'server',
    'port',
    'clients',
    'key',
    'upstreams',
    'credentials',
    'baseUrl',
    'models',
    'targets',
    'name',
    CANARY,
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(CANARY, `${CANARY} x`, 7, null),
      fc.array(tie('tree'), { maxLength: 3 }),
      tie('map'),
    ),
    map: fc.dictionary(word, tie('tree'), { maxKeys: 4 }),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const result = load(JSON.stringify(value));
      return result.kind === 'faults' && result.faults.length > 0 && !formatFaults(result.faults).includes(CANARY);
    }),
  );
  t.end();
});

test('every secret is named for redaction, the store password included', (t) => {
  const result = load(
    `admin: { key: admin-key }\nstore: { url: "redis://:pa%24s@r:1" }\nclients: [{ name: a, key: client-key }]\n${UPSTREAM}`,
  );
  t.strictSame(
    new Set(result.kind === 'ok' ? result.secrets : []),
    new Set(['admin-key', 'client-key', 'key-one', 'pa%24s', 'pa$s']),
  );
  t.end();
});

test('without a config file there is nothing to relay to until the mock is put in', (t) => {
  const result = loadOptions({ argv: ['--check'], env: {}, availableParallelism: 2 });
  if (result.kind !== 'ok') throw new Error('not ok');
  t.match(result, { source: undefined, check: true, config: { upstreams: [], models: [], clients: [] } });
  const demo = withDemoUpstream(result.config, 'http://127.0.0.1:9001');
  t.match(demo, {
    upstreams: [{ name: 'mock', baseUrl: 'http://127.0.0.1:9001' }],
    models: [{ name: 'mock-model' }, { name: '*' }],
  });
  t.equal(demo.upstreams[0]?.credentials.length, 4);
  t.end();
});

test('help goes before faults; a flag without its value is a fault', (t) => {
  t.equal(loadOptions({ argv: ['--help', '--nope'], env: {}, availableParallelism: 2 }).kind, 'help');
  for (const argv of [['--port'], ['--port', '--check'], ['--port=1', '--port=2'], ['--check=yes'], ['-x'], ['word']]) {
    t.equal(loadOptions({ argv, env: {}, availableParallelism: 2 }).kind, 'faults', argv.join(' '));
  }
  t.end();
});

test('a reload takes the new file but keeps hosts, ports and store, and says which changes need a restart', (t) => {
  let yaml = UPSTREAM;
  const result = load('', { readFile: () => ({ bytes: encode(yaml) }) });
  t.equal(result.kind, 'ok');
  if (result.kind !== 'ok') return t.end();
  yaml = `server: { port: 81, drainSeconds: 5 }\nstore: { url: redis://r }\n${UPSTREAM.replace('key-one', 'key-new')}`;
  const next = reloadOptions(result);
  if (next.kind !== 'ok') throw new Error('not ok');
  t.match(next.config, { server: { port: 8080, drain: 5000 }, upstreams: [{ credentials: [{ key: 'key-new' }] }] });
  t.equal(next.config.store.url, undefined);
  t.match(next.warnings, [/^server.port: .*restart/, /^store.url: .*restart/]);
  yaml = 'upstreams: [';
  t.equal(reloadOptions(next).kind, 'faults', 'a half-written file leaves the old options to the caller');
  t.end();
});

test('a reload cannot open a gateway to the network by dropping its clients', (t) => {
  let yaml = `server: { host: 0.0.0.0 }\nclients: [{ name: a, key: k }]\n${UPSTREAM}`;
  const result = load('', { readFile: () => ({ bytes: encode(yaml) }) });
  if (result.kind !== 'ok') throw new Error('not ok');
  yaml = UPSTREAM;
  t.match(reloadOptions(result), { kind: 'faults', faults: [{ path: 'server.host' }] });
  t.end();
});

test('fallbacks name other models of the file, each once, and never lead back', (t) => {
  const model = (name: string, fallbacks: string) =>
    `  - { name: "${name}", targets: [{ upstream: u }], fallbacks: [${fallbacks}] }\n`;
  const head =
    'upstreams: [{ name: u, protocol: openai, baseUrl: "http://127.0.0.1:9", credentials: [{ id: k, key: key-one }] }]\nmodels:\n';
  const wrong = model('a', 'b, a, z, "*", b') + model('b', 'c') + model('c', 'a') + model('*', '');
  t.match(faultsOf(head + wrong), {
    'models[0].fallbacks[0]': /leads back/,
    'models[0].fallbacks[1]': /itself/,
    'models[0].fallbacks[2]': /no model of this file/,
    'models[0].fallbacks[3]': /without blanks or/,
    'models[0].fallbacks[4]': /same model as/,
    'models[1].fallbacks[0]': /leads back/,
    'models[2].fallbacks[0]': /leads back/,
  });
  t.strictSame(configOf(head + model('a', 'b, c') + model('b', 'c') + model('c', '')).models[0]?.fallbacks, ['b', 'c']);
  t.end();
});
