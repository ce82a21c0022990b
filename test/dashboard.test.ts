/** The dashboard in a real browser: what an operator sees and does. `DASHBOARD_SHOTS=folder` keeps pictures. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { type Test, test } from 'tap';
import { startAdmin } from '../src/admin/server.js';
import { CHROMIUM_FLAGS, findChromium } from './helpers/chromium.js';
import { FakeCluster, workerRow } from './helpers/fake-cluster.js';
import { sampleConfig } from './helpers/sample-config.js';

const chromium = findChromium();
const options = chromium ? {} : { skip: 'no Chromium here; set CHROMIUM_PATH' };
const shots = process.env.DASHBOARD_SHOTS;
const PATIENCE = { timeout: 30_000 };

/** A gateway with traffic: 60 credentials, four workers, a stream of attempts. */
function busyCluster(t: Test, changes: Parameters<typeof sampleConfig>[0] = {}, credentials = 60) {
  const base = sampleConfig();
  const own = Array.from({ length: credentials }, (_, index) => ({ id: `k${index + 1}`, key: `sk-canary-${index}`, weight: 1 }));
  const cluster = new FakeCluster(
    sampleConfig({
      server: { ...base.server, workers: 4 },
      clients: ['web-app', 'agents', 'batch'].map((name) => ({ name, keyHash: 'ab'.repeat(32), models: ['*'] })),
      upstreams: [{ ...base.upstreams[0]!, name: 'openai-main', credentials: own }],
      models: [{ name: 'gpt-4o', targets: [], price: { input: 2.5, cachedInput: 1.25, output: 10 } }],
      ...changes,
    }),
  );
  cluster.rests.set('openai-main/k3', { model: '*', reason: 'rate-limited', remaining: 42_000, trial: false });
  cluster.rests.set('openai-main/k9', { model: 'gpt-4o', reason: 'failing', remaining: 1000, trial: true });
  cluster.paused.add('openai-main/k5');
  let tick = 0;
  const timer = setInterval(() => traffic(cluster, tick++), 100);
  t.teardown(() => {
    clearInterval(timer);
    cluster.counting.close();
  });
  traffic(cluster, tick++);
  return cluster;
}

function traffic(cluster: FakeCluster, tick: number): void {
  const upstream = cluster.config.upstreams[0]!;
  const wave = 1 + 0.5 * Math.sin(tick / 9);
  for (let index = 0; index < 4 + 3 * wave; index++) {
    const n = tick * 7 + index;
    const credential = upstream.credentials[n % upstream.credentials.length]!.id;
    const failed = n % 61 === 0;
    const route = '/v1/chat/completions';
    const common = { requestId: `req_${n.toString(36).padStart(6, '0')}`, alias: 'gpt-4o', upstream: upstream.name, credential };
    cluster.counting.attempt({
      ...common,
      at: Date.now() - index,
      model: 'gpt-4o',
      outcome: failed ? 'rate-limited' : 'ok',
      status: failed ? 429 : 200,
      duration: 1400 + (n % 13) * 90,
      sticky: n % 3 > 0,
      trial: false,
    });
    cluster.counting.account({
      ...common,
      route,
      client: ['web-app', 'agents', 'batch'][n % 3]!,
      stream: true,
      status: failed ? 502 : 200,
      outcome: failed ? 'error' : 'ok',
      attempts: 1,
      duration: 1500,
      firstToken: 90 + (n % 17) * 25 * wave,
      usage: { input: 1800, cachedInput: 1200, cacheWrite: 0, output: 310, reasoning: 40 },
    });
    cluster.counting.tallies.chunks += 93;
  }
  cluster.counting.tallies.streams = Math.round(640 * wave);
  cluster.rows = [1, 2, 3, 4].map((id) =>
    workerRow({
      id,
      pid: 4000 + id,
      inFlight: Math.round(160 * wave) + id,
      connections: 170 + id,
      requests: 1000 + tick * 7,
      utilization: 0.2 * wave + id / 40,
      loopDelay: 1.2 + id / 3,
    }),
  );
}

async function open(t: Test, cluster: FakeCluster, prepare: (page: Page) => Promise<void> = async () => {}) {
  const server = await startAdmin({ config: cluster.config.admin, cluster, version: '0.1.0' });
  const profile = mkdtempSync(join(tmpdir(), 'tidegate-browser-'));
  const browser: Browser = await puppeteer.launch({
    executablePath: chromium!,
    args: CHROMIUM_FLAGS,
    userDataDir: profile,
    timeout: 60_000,
  });
  t.teardown(async () => {
    await browser.close();
    await server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE.timeout);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') faults.push(message.text());
  });
  const strangers: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`http://127.0.0.1:${server.port}/`)) strangers.push(request.url());
  });
  await page.setViewport({ width: 1280, height: 900 });
  await prepare(page);
  await page.goto(`http://127.0.0.1:${server.port}/`);
  return { page, server, faults, strangers };
}

/** Page-side code is text: the browser's types stay out of the project. */
const whether = (page: Page, expression: string) => page.waitForFunction(expression, PATIENCE);
const text = (page: Page, selector: string) =>
  page.evaluate(`document.querySelector('${selector}')?.textContent ?? ''`) as Promise<string>;
const see = (page: Page, selector: string, words: string) =>
  whether(page, `document.querySelector('${selector}')?.textContent?.includes(${JSON.stringify(words)})`);
const seeRows = (page: Page, count: number) =>
  whether(page, `document.querySelectorAll('#credentials tbody tr').length === ${count}`);

async function picture(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) as `${string}.png`, fullPage: true });
}

test('live figures, workers, credentials, usage and attempts show, in light, dark and on a phone', options, async (t) => {
  const { page, faults, strangers } = await open(t, busyCluster(t));
  await see(page, '#status', 'ok');
  await see(page, '#workers', '4004');
  await see(page, '#credentials', 'rate-limited');
  await see(page, '#usage', 'web-app');
  await whether(page, "document.querySelectorAll('#usage tbody tr').length === 3");
  await see(page, '#attempts', 'req_');
  await whether(page, `/^\\d/.test(document.querySelector('.card .value').textContent)`);
  if (shots) await new Promise((resolve) => setTimeout(resolve, 25_000));
  for (const scheme of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await picture(page, scheme);
  }
  await page.setViewport({ width: 360, height: 780 });
  if (shots) await new Promise((resolve) => setTimeout(resolve, 2000));
  await picture(page, 'phone');
  t.ok(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), 'a phone never scrolls sideways');
  t.match(await text(page, '.card'), /Requests\d/);
  t.same(faults, [], 'the console is silent');
  t.same(strangers, [], 'nothing is asked of another host');
});

test('a credential is paused and resumed by its button, which keeps the focus', options, async (t) => {
  const cluster = busyCluster(t);
  const { page, faults } = await open(t, cluster);
  await page.waitForSelector('button[aria-label="Pause openai-main/k2"]');
  await page.click('button[aria-label="Pause openai-main/k2"]');
  await page.waitForSelector('button[aria-label="Resume openai-main/k2"]:focus');
  await see(page, '#notice', 'openai-main/k2 is paused');
  await page.keyboard.press('Enter');
  await page.waitForSelector('button[aria-label="Pause openai-main/k2"]');
  t.same(cluster.asked, ['pause openai-main/k2', 'resume openai-main/k2']);
  t.same(faults, []);
});

test('500 credentials can be filtered by name and state', options, async (t) => {
  const { page } = await open(t, busyCluster(t, {}, 500));
  await see(page, '#credential-states', 'all 500');
  await page.type('#credential-filter', 'k49');
  await seeRows(page, 11);
  await page.click('#credential-filter', { count: 3 });
  await page.keyboard.press('Backspace');
  await page.click('#credential-states button:nth-child(3)');
  await seeRows(page, 2);
  await picture(page, 'resting');
  t.match(await text(page, '#credentials'), /one request tries it/);
});

test('restart and reload ask first and tell what came of them', options, async (t) => {
  const cluster = busyCluster(t);
  const { page } = await open(t, cluster);
  await see(page, '#status', 'ok');
  await page.click('#restart');
  await picture(page, 'confirm');
  await page.click('#confirm button[value=no]');
  await page.click('#restart');
  await page.click('#confirm-yes');
  await see(page, '#notice', 'has begun');
  cluster.reloaded = { ok: false, faults: ['models[0].name: must be set'] };
  await page.click('#reload');
  await page.click('#confirm-yes');
  await see(page, '#notice', 'models[0].name: must be set');
  await picture(page, 'faults');
  t.same(cluster.asked, ['restart', 'reload'], 'what was cancelled was not asked for');
});

test('the page asks for the admin key, again after a wrong one, and keeps it in the tab', options, async (t) => {
  const cluster = busyCluster(t, { admin: { host: '127.0.0.1', port: 0, key: 'correct horse' } });
  const { page } = await open(t, cluster);
  const enter = async (key: string) => {
    await page.waitForSelector('#access[open]');
    await page.type('#access-key', key);
    await page.keyboard.press('Enter');
  };
  await enter('wrong');
  await see(page, '#access-text', 'not accepted');
  await picture(page, 'key');
  await enter('correct horse');
  await see(page, '#status', 'ok');
  await page.reload();
  await see(page, '#status', 'ok');
  t.notOk(await page.$('#access[open]'));
});

test('a lost connection is said, and the page comes back by itself', options, async (t) => {
  const cluster = busyCluster(t);
  const { page, server } = await open(t, cluster);
  await see(page, '#status', 'ok');
  await server.close();
  await see(page, '#status', 'connection lost, retrying');
  await picture(page, 'lost');
  const again = await startAdmin({ config: { ...cluster.config.admin, port: server.port }, cluster, version: '0.1.0' });
  t.teardown(() => again.close());
  await see(page, '#status', 'ok');
  t.notOk(await page.$('body.lost'));
});

test('a gateway that has done nothing yet shows empty states, not blanks', options, async (t) => {
  const cluster = new FakeCluster(sampleConfig({ upstreams: [], models: [] }));
  t.teardown(() => cluster.counting.close());
  cluster.rows = [];
  const { page, faults } = await open(t, cluster);
  await see(page, '#workers', 'No worker runs yet.');
  await see(page, '#credentials', 'No credential is configured.');
  await see(page, '#usage', 'Nothing used yet.');
  await see(page, '#attempts', 'No attempts yet.');
  await see(page, '#status', 'starting');
  await picture(page, 'empty');
  t.same(faults, []);
});
