/** The report in a real browser, from the file system, without a network. `REPORT_SHOTS=folder` keeps pictures. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { t as file, type Test, test } from 'tap';
import { CHROMIUM_FLAGS, findChromium } from '../../test/helpers/chromium.js';
import type { SuiteSummary } from '../scenarios/findings.js';
import { writeSuite } from './suite-files.js';
import { sampleSuite } from './testing.js';

const chromium = findChromium();
const options = chromium ? {} : { skip: 'no Chromium here; set CHROMIUM_PATH' };
const shots = process.env.REPORT_SHOTS;
const PATIENCE = { timeout: 30_000 };

interface Opened {
  page: Page;
  /** Errors and warnings of the page. */
  faults: string[];
  /** What it asked for besides its own file. */
  asked: string[];
  place: string;
}

/** One browser for the file: starting one costs more than all the rest. */
let browser: Promise<Browser> | undefined;
const folder = mkdtempSync(join(tmpdir(), 'tidegate-report-'));

file.teardown(async () => {
  await (await browser)?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function open(t: Test, summary: SuiteSummary, { width = 1280, scheme = 'light' } = {}): Promise<Opened> {
  browser ??= puppeteer.launch({
    executablePath: chromium!,
    args: CHROMIUM_FLAGS,
    userDataDir: join(folder, 'profile'),
    timeout: 60_000,
  });
  const place = await writeSuite(join(folder, t.name.replace(/\W+/g, '-')), summary);
  const page = await (await browser).newPage();
  t.teardown(() => page.close());
  page.setDefaultTimeout(PATIENCE.timeout);
  const [faults, asked]: [string[], string[]] = [[], []];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => faults.push(`${message.type()}: ${message.text()}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const url = pathToFileURL(join(place, 'report.html')).href;
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:')) asked.push(request.url());
  });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.setViewport({ width, height: 900 });
  await page.goto(url);
  return { page, faults, asked, place };
}

/** Page-side code is text: the browser's types stay out of the project. */
const ask = <T>(page: Page, expression: string) => page.evaluate(expression) as Promise<T>;
const whether = (page: Page, expression: string) => page.waitForFunction(expression, PATIENCE);

/** Opens what is folded, walks down the page so that every chart comes into sight, and counts colours on each canvas. */
const COLOURS_DRAWN = `(async () => {
  for (const run of document.querySelectorAll('details.run')) run.open = true;
  const places = [...document.querySelectorAll('.plot')];
  for (const place of places) {
    place.scrollIntoView();
    while (!place.querySelector('canvas')) await new Promise(requestAnimationFrame);
  }
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return places.map((place) => {
    const canvas = place.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set();
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 200) colours.add([data[at], data[at + 1], data[at + 2]].join());
    return colours.has('0,0,0') ? 0 : colours.size;
  });
})()`;

async function picture(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) as `${string}.png`, fullPage: true });
}

const LOOKS = [
  { name: 'in light', width: 1280, scheme: 'light', ground: 'rgb(245, 247, 248)' },
  { name: 'in dark', width: 1280, scheme: 'dark', ground: 'rgb(14, 19, 22)' },
  { name: 'on a phone', width: 390, scheme: 'light', ground: 'rgb(245, 247, 248)' },
];

for (const { name, width, scheme, ground } of LOOKS) {
  test(
    `the report ${name}: every chart is drawn in the colours of the page, nothing sticks out, nothing is asked for`,
    options,
    async (t) => {
      const { page, faults, asked } = await open(t, sampleSuite(), { width, scheme });
      const drawn = await ask<number[]>(page, COLOURS_DRAWN);
      t.ok(drawn.length > 15, `${drawn.length} charts`);
      t.strictSame(
        drawn.filter((colours) => colours < 4),
        [],
        'each canvas has several colours, none of them the black of an unknown one',
      );
      t.equal(await ask(page, 'document.documentElement.scrollWidth'), width, 'the page does not scroll sideways');
      t.equal(await ask(page, 'getComputedStyle(document.body).backgroundColor'), ground);
      t.strictSame(faults, []);
      t.strictSame(asked, []);
      await picture(page, name.replace(' ', '-'));
    },
  );
}

test('the theme switch changes page and charts, and is remembered', options, async (t) => {
  const { page, faults } = await open(t, sampleSuite());
  const ground = () => ask<string>(page, 'getComputedStyle(document.body).backgroundColor');
  await page.click('[data-theme-choice="dark"]');
  t.equal(await ground(), 'rgb(14, 19, 22)');
  t.equal(await ask(page, `document.querySelector('[data-theme-choice="dark"]').getAttribute('aria-pressed')`), 'true');
  await page.reload();
  t.equal(await ground(), 'rgb(14, 19, 22)', 'after a reload too');
  await page.click('[data-theme-choice="auto"]');
  t.equal(await ground(), 'rgb(245, 247, 248)');
  t.strictSame(faults, []);
});

test('whoever does not see the charts reads them: words for each, and its numbers as a table', options, async (t) => {
  const { page } = await open(t, sampleSuite());
  const words = await ask<string[]>(
    page,
    `[...document.querySelectorAll('.plot')].map((plot) => plot.getAttribute('aria-label'))`,
  );
  t.match(
    words.find((one) => one.startsWith('CPU.')),
    /gateway: 0\.\d+ to 1\d\d.*gateway idle/,
  );
  await page.evaluate(`document.querySelector('details.numbers').open = true`);
  await whether(page, `document.querySelectorAll('details.numbers[open] tbody tr').length > 50`);
  t.equal(
    await ask(page, `document.querySelector('details.numbers[open] thead').innerText.trim().split(/\\s{2,}|\\t/)[0]`),
    'time, s',
  );
  const scrollable = await ask<number>(
    page,
    `[...document.querySelectorAll('.scroll')].filter((box) => box.tabIndex !== 0).length`,
  );
  t.equal(scrollable, 0, 'every box that scrolls is reached by the keyboard');
});

test('hostile names and texts stay text', options, async (t) => {
  const evil = `</script><img src=x onerror=alert(1)>"'\`\${1}\u202e`;
  const suite = sampleSuite();
  const [first] = suite.scenarios;
  Object.assign(first!, { name: evil, title: evil, source: evil, notes: [evil], number: evil, reason: evil });
  Object.assign(first!.checks[0]!, { promise: evil, actual: evil, hint: evil, ok: false });
  Object.assign(first!.figures[0]!, { label: evil, unit: evil, where: evil, published: evil });
  Object.assign(first!.runs[0]!.plan, { label: evil });
  first!.runs[0]!.samples.at(-1)!.failures = { [evil]: 3 };
  Object.assign(suite.scenarios[2]!.charts[0]!, { title: evil, names: [evil, evil, evil] });
  Object.assign(suite, { title: evil, command: evil });
  const { page, faults, asked } = await open(t, suite);
  const drawn = await ask<number[]>(page, COLOURS_DRAWN);
  t.ok(drawn.length > 15);
  await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);
  t.equal(await ask(page, `document.querySelectorAll('img').length`), 0);
  t.equal(await ask(page, `document.querySelectorAll('script').length`), 3);
  t.strictSame(faults, []);
  t.strictSame(asked, []);
});

test('the page is readable without its script, and an independent parser reads junit.xml', options, async (t) => {
  const { page, place } = await open(t, sampleSuite());
  const xml = readFileSync(join(place, 'junit.xml'), 'utf8');
  const parsed = `new DOMParser().parseFromString(${JSON.stringify(xml)}, 'application/xml')`;
  t.equal(await ask(page, `${parsed}.querySelectorAll('parsererror').length`), 0);
  t.equal(await ask(page, `${parsed}.querySelectorAll('testsuite > testcase').length`), 9);
  await page.setJavaScriptEnabled(false);
  await page.reload();
  const text = await ask<string>(page, 'document.body.innerText');
  for (const words of ['streaming-throughput', 'ttft p99 <= 300 ms', '148.2 ms', 'Go 138.56', 'no redis-server'])
    t.match(text, words);
});
