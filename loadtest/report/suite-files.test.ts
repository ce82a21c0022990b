import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { reportCommand } from '../report-command.js';
import type { ScenarioResult } from '../scenarios/findings.js';
import { junitXml } from './junit-xml.js';
import { writeSuite } from './suite-files.js';
import { sampleRun, sampleSuite } from './testing.js';
import { timeseriesCsv } from './timeseries-csv.js';

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'tidegate-report-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** One scenario with words of its own. */
function scenario(change: Partial<ScenarioResult>): ScenarioResult {
  return { ...sampleSuite().scenarios[0]!, ...change };
}

const ALL = ['junit.xml', 'report.html', 'summary.json', 'timeseries.csv'];

test('a suite leaves all its files, and all of them can be made anew from summary.json', async (t) => {
  const place = await writeSuite(folder(t), sampleSuite());
  t.strictSame(readdirSync(place).sort(), ALL);
  const read = () => ALL.map((name) => readFileSync(join(place, name), 'utf8'));
  const first = read();
  for (const name of ALL.filter((one) => one !== 'summary.json')) rmSync(join(place, name));
  t.capture(console, 'log');
  t.equal(await reportCommand(join(place, 'summary.json')), 0);
  t.strictSame(read(), first);
});

test('a summary of another schema version is refused, not misread', async (t) => {
  const file = join(folder(t), 'summary.json');
  writeFileSync(file, JSON.stringify({ ...sampleSuite(), schemaVersion: 2 }));
  await t.rejects(reportCommand(file), /has schema version 2; this program reads 1/);
});

test('the time series has one line for each second of each run, with as many cells as its head', async (t) => {
  const { scenarios } = sampleSuite();
  const samples = scenarios.flatMap(({ runs }) => runs.flatMap((run) => run.samples)).length;
  const lines = timeseriesCsv(scenarios).trimEnd().split('\n');
  t.equal(lines.length, samples + 1);
  t.equal(new Set(lines.map((line) => line.split(',').length)).size, 1);
  t.match(lines[0], /^scenario,run,label,at,phase,inFlight,ok,failed,events,.*recent_ttft_p95.*gateway_pss/);
  const late = lines.find((line) => line.startsWith('"staged-ramp",1,"cluster ×4",40,load'));
  t.match(late, /,"timeout=16;http 503=21",/, 'failures are told apart');
});

test('a name in the time series stays one cell of text and is no formula', async (t) => {
  const runs = [{ ...sampleRun('a "b",\nc', { seconds: 1 }) }];
  const [, line] = timeseriesCsv([scenario({ name: '=HYPERLINK("http://x")', runs })]).split('\n');
  t.match(line, /^"'=HYPERLINK\(""http:\/\/x""\)",1,"a ""b"", c",-10,idle,/);
});

test('junit has one case for each check, and one more for a scenario that came to nothing', async (t) => {
  const xml = junitXml(sampleSuite());
  t.match(xml, /<testsuites name="[^"]*" tests="9" failures="1" errors="1" skipped="1" time="312\.400">/);
  t.equal(xml.match(/<testcase /g)?.length, 9);
  t.match(xml, /<failure type="threshold" message="1\.2 %">the mock refused: raise its slots<\/failure>/);
  t.match(xml, /name="numbers may be used"[^>]*>\s*<error type="invalid" message="the load generator was saturated/);
  t.match(xml, /name="runs here"[^>]*>\s*<skipped message="no redis-server on this machine"\/>/);
});

test('junit of hostile words holds no markup and no character that XML forbids', async (t) => {
  const hostile = scenario({
    name: '"><script>alert(1)</script>',
    checks: [{ promise: "a < b & 'c' \u0000\u001b[31m", ok: false, actual: 'line\nend', hint: ']]><x/>' }],
  });
  const xml = junitXml({ ...sampleSuite(), scenarios: [hostile] });
  t.notMatch(xml, /<script|<x\/>|[\u0000-\u0008\u001b]/);
  t.match(xml, /message="line&#10;end"/);
  t.match(xml, /a &lt; b &amp; &#39;c&#39;/);
});
