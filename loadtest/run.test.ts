import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Test, test } from 'tap';
import { gatewayConfig } from './engine/targets/gateway-config.js';
import { startMock } from './engine/targets/target.js';
import { type LoadWishes, makePlans } from './options.js';
import { figuresOf } from './report/figures.js';
import { judge } from './report/validity.js';
import type { Sample } from './result.js';
import { run } from './run.js';

const BUILT = resolve(process.env.TIDEGATE_DIST ?? 'dist');

const WISHES: LoadWishes = {
  ...{
    vus: 6,
    duration: 2,
    credentials: 7,
    target: 'cluster',
    compare: ['single'],
    repeats: 1,
    workers: 2,
    warmup: 0,
    think: [0, 0],
    seed: 0,
    timeScale: 0.05,
  },
  ...{ grace: 20, timeout: 30, idle: 1, model: 'mock-round', out: '', json: false, quiet: true, color: false },
};

/** Stands where the gateway will: relays bytes, keeps the contract of the ready line, and has a child to be watched. */
const STAND_IN = `
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
if (process.argv[2] === 'child') setInterval(() => {}, 1000), process.on('disconnect', () => process.exit());
else {
  const config = JSON.parse(readFileSync(process.argv[process.argv.indexOf('--config') + 1], 'utf8'));
  const upstream = new URL(config.upstreams[0].baseUrl);
  const { generate, prefix } = config.upstreams[0].credentials[0];
  if (process.argv.includes('2')) fork(process.argv[1], ['child']);
  let turn = 0;
  let collected = 0;
  const agent = new http.Agent({ keepAlive: true });
  const data = http.createServer((request, response) => {
    const headers = { ...request.headers, authorization: 'Bearer ' + prefix + (turn++ % generate) };
    const onward = http.request({ host: upstream.hostname, port: upstream.port, path: request.url, method: request.method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  const admin = http.createServer((request, response) => response.writeHead(request.url === '/api/collect-garbage' && request.method === 'POST' ? 204 : 404).end(String(++collected)));
  data.listen(0, '127.0.0.1', () => admin.listen(0, '127.0.0.1', () => {
    console.error('{"level":30,"msg":"see http://127.0.0.1:1 for help"}');
    console.log('Tidegate is ready on http://127.0.0.1:' + data.address().port + ' (2 workers, admin http://127.0.0.1:' + admin.address().port + ')');
  }));
}
`;

async function home(t: Test, primary: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'load-home-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'mock.js'), `await import(${JSON.stringify(join(BUILT, 'mock.js'))});`);
  await writeFile(join(folder, 'primary.js'), primary);
  return folder;
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

test('cluster and single process run one after the other, watched, balanced, and are stopped', async (t) => {
  const folder = await home(t, STAND_IN);
  const plans = makePlans(WISHES);
  t.strictSame(
    plans.map(({ label, workers }) => [label, workers]),
    [
      ['cluster ×2', 2],
      ['single process', 0],
    ],
  );
  for (const plan of plans) {
    const samples: Sample[] = [];
    const interrupt = new AbortController().signal;
    const result = await run(plan, {
      entry: join(BUILT, 'loadtest.js'),
      home: folder,
      onSample: (sample) => samples.push(sample),
      interrupt,
    });
    t.strictSame(
      judge(result).invalid.filter((fault) => !fault.includes('generator')),
      [],
    );
    t.ok(result.counts.ok > 10);
    t.equal(result.mock?.keys, 7, 'the gateway was given as many credentials as asked for');
    t.equal(result.memoryAfter?.how, 'gc', 'the admin address of the ready line was asked');
    t.equal(samples.at(-1)?.gateway?.processes, plan.workers === 0 ? 1 : 2, 'children of the gateway are watched too');
    const figures = figuresOf(result);
    for (const value of [figures.peakRss, figures.idleRss, figures.afterRss, figures.fds, figures.threads])
      t.ok((value ?? 0) > 0);
    t.ok((figures.peakPss ?? 0) < (figures.peakRss ?? 0));
  }
});

test('a gateway that does not start is told with its own words, and the mock is stopped', async (t) => {
  const folder = await home(t, `console.error('upstreams[0]: no such thing'); process.exit(78);`);
  const [plan] = makePlans(WISHES);
  const running = run(plan!, {
    entry: join(BUILT, 'loadtest.js'),
    home: folder,
    onSample: () => {},
    interrupt: new AbortController().signal,
  });
  await t.rejects(running, { message: /the gateway ended before it was ready \(code 78\)[\s\S]*no such thing/ });
});

test('a program that was stopped is gone', async (t) => {
  const mock = await startMock({ home: BUILT, maxConcurrent: 10 });
  t.ok(isAlive(mock.pid));
  t.match(mock.origin, /^http:\/\/127\.0\.0\.1:\d+$/);
  await mock.stop();
  t.notOk(isAlive(mock.pid));
});

test('the generated config sends every model to the mock with as many credentials as asked for', async (t) => {
  const config = JSON.parse(gatewayConfig({ mockUrl: 'http://127.0.0.1:5', credentials: 500, clientKey: 'sk-client' }));
  t.match(config, {
    server: { port: 0 },
    admin: { port: 0 },
    clients: [{ key: 'sk-client' }],
    upstreams: [{ baseUrl: 'http://127.0.0.1:5', credentials: [{ generate: 500, prefix: 'sk-load-' }] }],
    models: [{ name: '*' }],
  });
});

test('a round gives users, credentials and time; a number of users finds its round; what is said wins', async (t) => {
  const plan = (wishes: Partial<LoadWishes>) =>
    makePlans({ ...WISHES, vus: undefined, duration: undefined, credentials: undefined, compare: undefined, ...wishes })[0];
  t.match(plan({}), { vus: 50, credentials: 20, durationSeconds: 60, generators: 1 });
  t.match(plan({ round: 2 }), { vus: 1000, credentials: 500, durationSeconds: 120, generators: 2 });
  t.match(plan({ vus: 1000 }), { vus: 1000, credentials: 500, durationSeconds: 120 });
  t.match(plan({ vus: 80 }), { vus: 80, credentials: 20, durationSeconds: 60 });
  t.match(plan({ round: 2, duration: 15, credentials: 3 }), { vus: 1000, credentials: 3, durationSeconds: 15 });
});

test('targets of a comparison are interleaved, there and back, three times unless said otherwise', async (t) => {
  const order = (wishes: Partial<LoadWishes>): string[] =>
    makePlans({ ...WISHES, ...wishes }).map(({ target, repeat }) => `${target} ${repeat}`);
  t.strictSame(order({ compare: ['single', 'go'], repeats: undefined }), [
    ...['cluster 1', 'single 1', 'go 1'],
    ...['go 2', 'single 2', 'cluster 2'],
    ...['cluster 3', 'single 3', 'go 3'],
  ]);
  t.strictSame(order({ compare: undefined, repeats: undefined }), ['cluster 1']);
  t.strictSame(order({ compare: ['cluster', 'single', 'single'], repeats: 1 }), ['cluster 1', 'single 1'], 'each target once');
});
