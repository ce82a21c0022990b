/** G: configuration files that are wrong, and what is said of them. */
import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { CANARIES } from '../canary.js';
import { signal } from '../children.js';
import { ask } from '../client/ask.js';
import { Load } from '../client/load.js';
import { equal, ok, until, withinMs } from '../expect.js';
import { FORMS, gatewayConfig, modelsFor } from '../gateway-config.js';
import { leaksIn } from '../leaks.js';
import { type FaultRow, pass } from '../row.js';
import { due, dueError } from './ways.js';

/** "The configuration is wrong" (sysexits.h). */
const WRONG_CONFIG = 78;
/** A start may take long on a machine that is taken by others. Milliseconds. */
const SOON_MS = 20_000;
const AT_ONCE = 3;

interface Started {
  readonly code: number | null;
  readonly text: string;
  readonly ms: number;
}

/** Starts the gateway on a file and waits for it to leave; one that serves is ended: code null. */
async function tryFile(
  bench: Bench,
  file: string,
  { args = [] as string[], env = {} as NodeJS.ProcessEnv } = {},
): Promise<Started> {
  const began = performance.now();
  const child = bench.spawn(process.execPath, [join(bench.home, 'primary.js'), '--config', file, ...args], {
    env: { PATH: process.env.PATH, ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => (text += piece.toString()));
  const gone = new Promise<number | null>((resolve) => child.once('close', resolve));
  const serves = until('it leaves', () => text.includes('is ready on'), 25_000).then(
    () => null,
    () => null,
  );
  const code = await Promise.race([gone, serves]);
  if (code === null) child.kill('SIGTERM');
  return { code, text, ms: performance.now() - began };
}

async function tryContent(bench: Bench, content: string | Buffer, more: Parameters<typeof tryFile>[2] = {}): Promise<Started> {
  const file = join(bench.folder(), `${Math.random().toString(36).slice(2)}.yaml`);
  writeFileSync(file, content);
  return tryFile(bench, file, more);
}

/** Each case in a process of its own, a few at a time. */
async function eachCase<Case>(
  cases: Readonly<Record<string, Case>>,
  judge: (name: string, one: Case) => Promise<void>,
): Promise<number> {
  const queue = Object.entries(cases);
  const count = queue.length;
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await judge(...next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return count;
}

/** Refused with 78, in words without stack or secret. */
function refusedWell(name: string, { code, text, ms }: Started, says: RegExp): number {
  equal(code, WRONG_CONFIG, `${name}: exit code (${text.slice(0, 150)})`);
  ok(says.test(text), `${name}: does not say ${says}: ${text.slice(0, 200)}`);
  ok(!/\n\s+at .*[:(]/.test(text), `${name}: prints a stack`);
  equal(leaksIn(text), [], `${name}: prints a secret`);
  withinMs(ms, SOON_MS, `${name}: ms`);
  return ms;
}

const GOOD = {
  server: { port: 0, workers: 1 },
  admin: { port: 0 },
  upstreams: [
    { name: 'main', protocol: 'openai', baseUrl: 'http://127.0.0.1:9', credentials: [{ id: 'k1', key: CANARIES.upstreamKey }] },
  ],
  models: [{ name: 'a', targets: [{ upstream: 'main' }] }],
};

/** The good one, one place of it changed: `server.port`, `upstreams.0.name`. */
function changed(path: string, value: unknown): string {
  const copy = structuredClone(GOOD) as unknown as Record<string, unknown>;
  const steps = path.split('.');
  const last = steps.pop() as string;
  const holder = steps.reduce((at, step) => at[step] as Record<string, unknown>, copy);
  holder[last] = value;
  return JSON.stringify(copy);
}

const badFiles: FaultRow = {
  id: 'G1',
  boundSeconds: 120,
  title: 'no file, an empty, unreadable, foreign or huge one',
  promise: 'The start ends soon with 78 and a line that names the file, without a stack and without a secret.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    let slowest = 0;
    const judge = async (name: string, started: Promise<Started>, says = /\.yaml|configuration|config/i): Promise<void> => {
      slowest = Math.max(slowest, refusedWell(name, await started, says));
    };
    await judge('no such file', tryFile(bench, join(bench.folder(), 'nowhere.yaml')), /nowhere\.yaml/);
    await judge('a folder', tryFile(bench, bench.folder()));
    const contents: Record<string, string | Buffer> = {
      empty: '',
      'white space': ' \n\n ',
      'a comment only': '# nothing',
      'not UTF-8': Buffer.concat([Buffer.from(JSON.stringify(GOOD).slice(0, -1)), Buffer.from([0xff, 0xfe, 0xc0, 0x7d])]),
      'UTF-16': Buffer.from(`\ufeff${JSON.stringify(GOOD)}`, 'utf16le'),
      binary: Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256)),
      'broken YAML': `upstreams: [{ name: main, key: "${CANARIES.upstreamKey}`,
      'a list': '[1, 2]',
      'a word': CANARIES.upstreamKey,
      '50 MB': Buffer.alloc(50 * 1024 * 1024, 'a: b # filler\n'),
      'a billion laughs': `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)
        .join('\n')}\n`,
    };
    const count = await eachCase(contents, (name, content) => judge(name, tryContent(bench, content)));
    const unreadable = join(bench.folder(), 'unreadable.yaml');
    writeFileSync(unreadable, JSON.stringify(GOOD));
    chmodSync(unreadable, 0o000);
    const mayReadAll = process.getuid?.() === 0;
    if (!mayReadAll) await judge('unreadable', tryFile(bench, unreadable), /unreadable\.yaml/);
    // A mark at the beginning is no fault.
    const marked = await tryContent(bench, `\ufeff${JSON.stringify(GOOD)}`, { args: ['--check'] });
    equal(marked.code, 0, 'a byte order mark before a good file');
    return pass(`refused${mayReadAll ? ' (an unreadable file was not tried: root reads all)' : ''}`, {
      files: count + 2,
      'slowest ms': slowest,
    });
  },
};

const WRONG_VALUES: Readonly<Record<string, readonly [path: string, value: unknown, says: RegExp]>> = {
  'an unknown section': ['serverr', {}, /serverr/],
  'an unknown option': ['server.prot', 1, /server\.prot/],
  'text for a number': ['server.port', 'eighty', /server\.port/],
  'a port past the last': ['server.port', 70_000, /server\.port.*65535/s],
  'a negative time': ['timeouts', { connect: '-1s' }, /timeouts\.connect/],
  'a time past Node’s timers': ['timeouts', { total: '1000h' }, /timeouts\.total.*24h/s],
  'a time without a unit': ['timeouts', { idle: 5 }, /timeouts\.idle/],
  'no time': ['timeouts', { idle: '0s' }, /timeouts\.idle/],
  '10 000 workers': ['server.workers', 10_000, /server\.workers.*256/s],
  'minus one worker': ['server.workers', -1, /server\.workers/],
  'half a worker': ['server.workers', 1.5, /server\.workers/],
  'a huge body': ['server.bodyLimit', '5gb', /server\.bodyLimit.*1gb/s],
  'no attempts': ['retry', { attempts: 0 }, /retry\.attempts/],
  '101 percent': ['retry', { budgetPercent: 101 }, /retry\.budgetPercent/],
  'a list for a map': ['admin', [], /admin/],
  'null for a section': ['upstreams', null, /upstreams/],
  'a protocol of nobody': ['upstreams.0.protocol', 'smtp', /upstreams\[0\]\.protocol/],
  'a price below nothing': ['models.0.price', { input: -1, output: 1 }, /models\[0\]\.price\.input/],
  'a proto': ['server.constructor', { x: 1 }, /constructor/],
};

const wrongValues: FaultRow = {
  id: 'G2',
  boundSeconds: 120,
  title: 'unknown options, wrong types, numbers out of range',
  promise: 'Refused with 78, the path of the option and, for numbers, what is allowed.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    let slowest = 0;
    const count = await eachCase(WRONG_VALUES, async (name, [path, value, says]) => {
      slowest = Math.max(slowest, refusedWell(name, await tryContent(bench, changed(path, value)), says));
    });
    const all = await tryContent(bench, JSON.stringify({ ...GOOD, server: { port: -1, workers: -1 }, retry: { attempts: 0 } }));
    for (const path of ['server.port', 'server.workers', 'retry.attempts'])
      ok(all.text.includes(path), `several faults: ${path} is not named`);
    return pass('refused, every fault at once', { values: count, 'slowest ms': slowest });
  },
};

const BAD_CREDENTIALS: Readonly<Record<string, readonly [path: string, value: unknown]>> = {
  'no credentials': ['upstreams.0.credentials', []],
  'no key': ['upstreams.0.credentials', [{ id: 'k1' }]],
  'an empty key': ['upstreams.0.credentials', [{ id: 'k1', key: '' }]],
  'two of one id': [
    'upstreams.0.credentials',
    [
      { id: 'k1', key: 'sk-first-of-two' },
      { id: 'k1', key: 'sk-second-of-two' },
    ],
  ],
  'a line end in a key': ['upstreams.0.credentials', [{ id: 'k1', key: `${CANARIES.upstreamKey}\r\nx-evil: 1` }]],
  'a space in a key': ['upstreams.0.credentials', [{ id: 'k1', key: `${CANARIES.upstreamKey} more` }]],
  'a key beyond ASCII': ['upstreams.0.credentials', [{ id: 'k1', key: 'sk-schl\u00fcssel' }]],
  'no upstreams': ['upstreams', []],
  'two upstreams of one name': ['upstreams', [GOOD.upstreams[0], GOOD.upstreams[0]]],
  'two clients of one key': [
    'clients',
    [
      { name: 'a', key: CANARIES.clientKey },
      { name: 'b', key: CANARIES.clientKey },
    ],
  ],
  'a file of keys that is not there': ['upstreams.0.credentials', [{ file: 'nowhere.txt' }]],
  'a hash that is none': ['clients', [{ name: 'a', keyHash: 'abc' }]],
};

const badCredentials: FaultRow = {
  id: 'G3',
  boundSeconds: 120,
  title: 'credentials that are missing, double, or no header could hold',
  promise: 'Refused with 78; the key itself is never printed.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const count = await eachCase(BAD_CREDENTIALS, async (name, [path, value]) => {
      refusedWell(name, await tryContent(bench, changed(path, value)), /upstreams|clients/);
    });
    return pass('refused', { cases: count, 'keys printed': 0 });
  },
};

const takenPort: FaultRow = {
  id: 'G4',
  title: 'a port that is taken, or not ours to take',
  promise: 'The start ends with an error that names the address; nothing is tried for ever.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const taken = await bench.listen((socket) => socket.destroy());
    let slowest = 0;
    for (const [name, path] of [
      ['data port', 'server.port'],
      ['admin port', 'admin.port'],
    ] as const) {
      const { code, text, ms } = await tryContent(bench, changed(path, taken));
      ok(code !== null && code !== 0, `${name}: exit code ${code}`);
      ok(text.includes(String(taken)) || text.includes('EADDRINUSE'), `${name}: ${text.slice(0, 200)}`);
      slowest = Math.max(slowest, ms);
    }
    const free = await mayBindLowPorts();
    if (!free) {
      const { code, text } = await tryContent(bench, changed('server.port', 80));
      ok(code !== null && code !== 0, `privileged port: exit code ${code}`);
      ok(/80|EACCES/.test(text), `privileged port: ${text.slice(0, 200)}`);
    }
    withinMs(slowest, 15_000, 'ms until it gave up');
    return pass(`told, and over${free ? ' (low ports are free here: not tried)' : ''}`, { 'slowest ms': slowest });
  },
};

function mayBindLowPorts(): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(81, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

const fallbacks = (...pairs: [name: string, fallbacks: string[]][]): string =>
  changed(
    'models',
    pairs.map(([name, to]) => ({ name, targets: [{ upstream: 'main' }], ...(to.length > 0 && { fallbacks: to }) })),
  );

const LOOPS: Readonly<Record<string, string>> = {
  'a fallback to itself': fallbacks(['a', ['a']]),
  'two that lead to each other': fallbacks(['a', ['b']], ['b', ['a']]),
  'three in a ring': fallbacks(['a', ['b']], ['b', ['c']], ['c', ['a']]),
  'a fallback to nobody': fallbacks(['a', ['nobody']]),
  'a target of nobody': changed('models.0.targets', [{ upstream: 'nobody' }]),
  'two models of one name': fallbacks(['a', []], ['a', []]),
};

const loops: FaultRow = {
  id: 'G5',
  boundSeconds: 120,
  title: 'fallbacks in a ring, to themselves, to nobody; unknown models at run time',
  promise:
    'Rings are refused with 78 before anything starts; an unknown model is a 404 in the client’s shape, and no upstream is asked.',
  length: 'quick',
  needs: ['own-gateway', 'shared-gateway'],
  async run(bench) {
    const count = await eachCase(LOOPS, async (name, content) => {
      refusedWell(name, await tryContent(bench, content), /models/);
    });
    const { origin } = await bench.shared();
    for (const form of FORMS)
      for (const stream of [true, false]) {
        const answer = await ask(origin, { form, stream, model: 'g5-nobody' });
        dueError(answer, 404, form);
        if (form === 'messages') equal(answer.error?.type, 'not_found_error', 'type');
        else equal(answer.error?.code, 'model_not_found', 'code');
        equal(bench.wall.attemptsOf(answer.requestId).length, 0, 'attempts');
      }
    return pass('refused before, 404 at run time', { files: count, attempts: 0 });
  },
};

const halfWritten: FaultRow = {
  id: 'G6',
  title: 'a reload while the file is half written; then a good one by renaming',
  promise: 'The old configuration stays in use and nobody is lost; the good one is taken.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const wish = { models: modelsFor('g6', { forms: ['chat'] }) };
    const gateway = await bench.startGateway(wish);
    const load = new Load(gateway.origin, { rate: 40, wishes: [{ model: 'g6-chat' }, { model: 'g6-chat', stream: true }] });
    const good = JSON.stringify(
      gatewayConfig({ models: [...wish.models, ...modelsFor('g6-new', { forms: ['chat'] })] }, bench.wall.origin),
    );
    const refusals = (): number => gateway.stderr.filter((line) => line.includes('the old one stays in use')).length;
    for (const [index, part] of [0, 0.3, 0.7, 0.99].entries()) {
      writeFileSync(gateway.configFile, good.slice(0, Math.floor(good.length * part)));
      signal(gateway.pid, 'SIGHUP');
      await until(`half a file is refused (${part})`, () => refusals() > index);
      dueError(await ask(gateway.origin, { model: 'g6-new-chat' }), 404, 'the new model, of half a file');
    }
    writeFileSync(`${gateway.configFile}.new`, good);
    renameSync(`${gateway.configFile}.new`, gateway.configFile);
    signal(gateway.pid, 'SIGHUP');
    await until(
      'the good file is taken',
      async () => (await ask(gateway.origin, { model: 'g6-new-chat' })).outcome === 'complete',
    );
    await sleep(300);
    const { asked, lost } = await load.stop();
    equal(lost, [], 'lost');
    due(await ask(gateway.origin, { model: 'g6-chat' }), 'complete', 'afterwards');
    return pass('kept, then taken', { 'half files': 4, requests: asked, lost: 0 });
  },
};

const unsetSecret: FaultRow = {
  id: 'G7',
  title: 'a secret’s environment variable is not set, or empty',
  promise: 'The start ends with 78 and names the variable; never an empty key.',
  length: 'quick',
  needs: ['own-gateway'],
  async run(bench) {
    const content = JSON.stringify(GOOD).replace(CANARIES.upstreamKey, '${FAULTS_UNSET_KEY}');
    refusedWell('not set', await tryContent(bench, content), /FAULTS_UNSET_KEY/);
    refusedWell('empty', await tryContent(bench, content, { env: { FAULTS_UNSET_KEY: '' } }), /FAULTS_UNSET_KEY/);
    const set = await tryContent(bench, content, { env: { FAULTS_UNSET_KEY: CANARIES.upstreamKey }, args: ['--check'] });
    equal(set.code, 0, 'exit code once it is set');
    equal(leaksIn(set.text), [], 'what --check prints');
    return pass('named and refused', { cases: 2 });
  },
};

export const CONFIG_ROWS: readonly FaultRow[] = [
  badFiles,
  wrongValues,
  badCredentials,
  takenPort,
  loops,
  halfWritten,
  unsetSecret,
];
