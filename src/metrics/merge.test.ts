import { test } from 'tap';
import { MetricsArchive, mergeMetrics } from './merge.js';
import type { MetricsJson } from './metrics-json.js';
import { writeMetrics } from './registry.js';
import { Counter, Gauge, Histogram } from './series.js';
import { mergeUsage } from './usage-table.js';

function snapshot(worker: string, value: number): MetricsJson {
  const counter = new Counter({ name: 'c_total', help: 'A counter.', labels: ['client'] });
  counter.add(value, 'app');
  const summed = new Gauge({ name: 'in_flight', help: 'A sum.' }, 'sum');
  const largest = new Gauge({ name: 'peak', help: 'A peak.' }, 'max');
  const own = new Gauge({ name: 'rss', help: 'Memory.' }, 'worker');
  for (const gauge of [summed, largest, own]) gauge.set(value);
  const histogram = new Histogram({ name: 'h_seconds', help: 'A histogram.' }, [1, 5]);
  histogram.observe(value);
  return { worker, series: [counter, summed, largest, own, histogram].map((series) => series.json()) };
}

test('counters, histograms and summed gauges add up; peaks keep the largest; per-process gauges stay apart', async (t) => {
  const text = await writeMetrics(mergeMetrics([snapshot('1', 1), snapshot('2', 4), snapshot('3', 100)]));
  const lines = text.split('\n');
  for (const line of [
    'c_total{client="app"} 105',
    'in_flight 105',
    'peak 100',
    'rss{worker="1"} 1',
    'rss{worker="2"} 4',
    'h_seconds_bucket{le="1"} 1',
    'h_seconds_bucket{le="5"} 2',
    'h_seconds_bucket{le="+Inf"} 3',
    'h_seconds_sum 105',
    'h_seconds_count 3',
  ])
    t.ok(lines.includes(line), line);
});

test('HELP and TYPE are said once per name', async (t) => {
  const text = await writeMetrics(mergeMetrics([snapshot('1', 1), snapshot('2', 4)]));
  for (const name of ['c_total', 'in_flight', 'rss', 'h_seconds']) {
    t.equal(text.split(`# HELP ${name} `).length, 2);
    t.equal(text.split(`# TYPE ${name} `).length, 2);
  }
});

test('label values and help texts are escaped', async (t) => {
  const counter = new Counter({ name: 'c_total', help: 'a\\b\nc', labels: ['client'] });
  counter.add(1, 'quote " slash \\ line\nend');
  const text = await writeMetrics([counter.json()]);
  t.match(text, 'c_total{client="quote \\" slash \\\\ line\\nend"} 1');
  t.match(text, '# HELP c_total a\\\\b\\nc\n');
});

test('a departed worker stays in counters and histograms and leaves the gauges', (t) => {
  const archive = new MetricsArchive();
  archive.note(snapshot('1', 2));
  archive.note(snapshot('2', 3));
  archive.depart('1');
  archive.depart('1');
  archive.note(snapshot('2', 5));
  const by = new Map(mergeMetrics(archive.all()).map((series) => [series.name, series]));
  t.match(by.get('c_total')?.values, [{ value: 7 }]);
  t.match(by.get('h_seconds')?.values, [{ count: 2, sum: 7 }]);
  t.match(by.get('in_flight')?.values, [{ value: 5 }]);
  t.same(by.get('rss')?.values, [{ labels: { worker: '2' }, value: 5 }]);
  t.end();
});

test('a hundred departed workers take the space of one', (t) => {
  const archive = new MetricsArchive();
  for (let id = 0; id < 100; id++) {
    archive.note(snapshot(String(id), 1));
    archive.depart(String(id));
  }
  t.equal(archive.all().length, 1);
  t.match(mergeMetrics(archive.all())[0]?.values, [{ value: 100 }]);
  t.end();
});

test('merging changes none of its inputs', (t) => {
  const one = snapshot('1', 1);
  const before = JSON.stringify(one);
  mergeMetrics([one, snapshot('2', 4)]);
  t.equal(JSON.stringify(one), before);
  t.end();
});

test('a series never has more rows than its bound: the rest is other', (t) => {
  const counter = new Counter({ name: 'c_total', help: 'x', labels: ['a'] });
  for (let index = 0; index < 20_000; index++) counter.add(1, `v${index}`);
  const { values } = counter.json();
  t.equal(values.length, 5001);
  t.equal(
    values.reduce((sum, row) => sum + ('value' in row ? row.value : 0), 0),
    20_000,
  );
  t.end();
});

test('usage of several workers adds up by client, model and credential, dearest first', (t) => {
  const row = {
    client: 'a',
    alias: 'm',
    upstream: 'u',
    credential: 'k',
    requests: 1,
    failures: 0,
    input: 10,
    cachedInput: 1,
    cacheWrite: 0,
    output: 5,
    reasoning: 0,
    usd: 1,
  };
  const merged = mergeUsage([[row], [row, { ...row, client: 'b', usd: 9 }]]);
  t.match(merged, [
    { client: 'b', usd: 9 },
    { client: 'a', requests: 2, input: 20, usd: 2 },
  ]);
  t.end();
});
