/** The live page: who may read it, what it shows in a real browser, and that it ends with the run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Page } from 'puppeteer-core';
import { type Test, test } from 'tap';
import { CHROMIUM_FLAGS, findChromium } from '../../../test/helpers/chromium.js';
import type { Scenario } from '../../scenarios/scenario.js';
import { sampleRun, sampleSuite } from '../testing.js';
import { LivePage } from './live-page.js';

const chromium = findChromium();
const options = chromium ? {} : { skip: 'no Chromium here; set CHROMIUM_PATH' };
const shots = process.env.REPORT_SHOTS;
const EVIL = '<img src=x onerror=alert(1)>';

function ask(address: string, path: string, settings: { host?: string; method?: string } = {}): Promise<IncomingMessage> {
  const headers = settings.host === undefined ? {} : { host: settings.host };
  return new Promise((resolve, reject) => {
    request(new URL(path, address), { headers, method: settings.method ?? 'GET', agent: false }, resolve)
      .on('error', reject)
      .end();
  });
}

async function start(t: Test): Promise<LivePage> {
  const page = await LivePage.start(0, 'Tidegate load test');
  t.teardown(() => page.close('over'));
  return page;
}

test('the live page is for loopback names, for reading, and has two paths', async (t) => {
  const { address } = await start(t);
  t.match(address, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const status = async (...given: Parameters<typeof ask>) => {
    const response = await ask(...given);
    response.resume();
    return response.statusCode;
  };
  t.equal(await status(address, '/'), 200);
  t.equal(await status(address, '/', { host: 'localhost:80' }), 200);
  t.equal(await status(address, '/', { host: 'evil.example' }), 403, 'a name of somebody else that points here');
  t.equal(await status(address, '/events', { host: '127.0.0.1.evil.example' }), 403);
  t.equal(await status(address, '/../package.json'), 404);
  t.equal(await status(address, '/', { method: 'POST' }), 405);
});

test('a taken port is an error before the run, not during it', async (t) => {
  const { address } = await start(t);
  await t.rejects(LivePage.start(Number(new URL(address).port), 'x'), { code: 'EADDRINUSE' });
});

test('an open page does not keep the run from ending, and hears its end', async (t) => {
  const page = await start(t);
  const response = await ask(page.address, '/events');
  const heard = new Promise<string>((resolve, reject) => {
    let text = '';
    response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    response.on('end', () => resolve(text)).on('error', reject);
  });
  page.sample(sampleRun('cluster ×4').samples[0]!, sampleRun('cluster ×4').plan);
  await page.close('5 scenarios: 5 passed');
  const text = await heard;
  t.match(text, /^event: state\ndata: \{/);
  t.match(text, /event: sample\ndata: \{"plan"/);
  t.match(text, /event: ended\ndata: "5 scenarios: 5 passed"\n\n$/);
  await t.rejects(ask(page.address, '/'), { code: 'ECONNREFUSED' });
});

const whether = (page: Page, expression: string) => page.waitForFunction(expression, { timeout: 30_000 });

test('the page follows the run: charts grow, a page opened late has what came before, scenarios end', options, async (t) => {
  const live = await start(t);
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-live-'));
  const browser = await puppeteer.launch({
    executablePath: chromium!,
    args: CHROMIUM_FLAGS,
    userDataDir: folder,
    timeout: 60_000,
  });
  t.teardown(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const { samples, plan } = sampleRun(EVIL, { failing: true });
  const [scenario] = sampleSuite().scenarios;
  live.begins({ name: EVIL, title: EVIL } as Scenario, { index: 0, of: 3, seconds: 60 });
  for (const sample of samples.slice(0, 30)) live.sample(sample, plan);
  live.progress(0.4);
  live.say(`rung 2 of 5 ${EVIL}`);
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => faults.push(`${message.type()}: ${message.text()}`));
  await page.setViewport({ width: 390, height: 900 });
  await page.goto(live.address);
  await whether(page, `document.querySelectorAll('#live-charts canvas').length >= 4`);
  await whether(page, `document.querySelector('[data-number="in-flight"]').textContent === '1,000'`);
  for (const sample of samples.slice(30, 60)) live.sample(sample, plan);
  await whether(page, `document.querySelector('[data-number="phase"]').textContent === 'load, 49 s'`);
  await whether(page, `[...document.querySelectorAll('.chart-title')].some((one) => one.textContent === 'Failures by kind')`);
  t.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, 'nothing sticks out on a phone');
  live.ended({ ...scenario!, name: EVIL });
  await whether(page, `document.querySelectorAll('#finished tbody tr').length === 1`);
  if (shots) {
    await page.setViewport({ width: 1280, height: 900 });
    await page.screenshot({ path: join(shots, 'live.png') as `${string}.png`, fullPage: true });
  }
  await live.close('it is over');
  await whether(page, `document.querySelector('#now').textContent === 'it is over'`);
  t.equal(await page.evaluate(`document.querySelectorAll('img').length`), 0, 'names stay text');
  t.strictSame(faults, []);
});
