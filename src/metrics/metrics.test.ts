import { type Test, test } from 'tap';
import { sampleConfig } from '../../test/helpers/sample-config.js';
import { mergeMetrics } from './merge.js';
import { createMetrics } from './metrics.js';
import type { AttemptRecord, RequestRecord } from './record.js';
import { writeMetrics } from './registry.js';

const request: RequestRecord = {
  requestId: 'r1',
  route: '/v1/chat/completions',
  client: 'app',
  alias: 'gpt-4o',
  stream: true,
  status: 200,
  outcome: 'ok',
  upstream: 'main',
  credential: 'k1',
  attempts: 1,
  duration: 1500,
  firstToken: 40,
  usage: { input: 1000, cachedInput: 0, cacheWrite: 0, output: 100, reasoning: 0 },
};
const attempt: AttemptRecord = {
  requestId: 'r1',
  at: 1,
  alias: 'gpt-4o',
  upstream: 'main',
  credential: 'k1',
  model: 'gpt-4o',
  outcome: 'ok',
  duration: 1400,
  sticky: true,
  trial: false,
};

function metricsForTest(t: Test, worker = '1') {
  const metrics = createMetrics({ worker });
  metrics.configure(sampleConfig());
  t.teardown(() => metrics.close());
  return metrics;
}

async function textOf(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  return (await writeMetrics(mergeMetrics([metrics.snapshot()]))).split('\n');
}

test('a request is counted once under its labels, with tokens and cost', async (t) => {
  const metrics = metricsForTest(t);
  metrics.account(request);
  const lines = await textOf(metrics);
  t.ok(
    lines.includes(
      'tidegate_requests_total{route="/v1/chat/completions",model="gpt-4o",client="app",status_class="2xx",outcome="ok"} 1',
    ),
  );
  t.ok(lines.includes('tidegate_request_duration_seconds_sum{route="/v1/chat/completions",model="gpt-4o",stream="true"} 1.5'));
  t.ok(lines.includes('tidegate_first_token_seconds_bucket{route="/v1/chat/completions",model="gpt-4o",le="0.05"} 1'));
  t.ok(lines.includes('tidegate_first_token_seconds_bucket{route="/v1/chat/completions",model="gpt-4o",le="0.025"} 0'));
  t.ok(lines.includes('tidegate_tokens_total{client="app",model="gpt-4o",upstream="main",kind="input"} 1000'));
  t.ok(lines.includes('tidegate_cost_usd_total{client="app",model="gpt-4o",upstream="main"} 0.003'));
});

test('usage has a row per client, model and credential', (t) => {
  const metrics = metricsForTest(t);
  metrics.account(request);
  metrics.account({ ...request, outcome: 'incomplete', usage: undefined });
  t.match(metrics.usage(), [
    {
      client: 'app',
      alias: 'gpt-4o',
      upstream: 'main',
      credential: 'k1',
      requests: 2,
      failures: 1,
      input: 1000,
      output: 100,
      usd: 0.003,
    },
  ]);
  t.equal(metrics.usage().length, 1);
  t.end();
});

test('a request refused before routing counts, and leaves no usage row', async (t) => {
  const metrics = metricsForTest(t);
  metrics.account({
    ...request,
    client: 'unknown',
    alias: '',
    status: 401,
    outcome: 'error',
    upstream: undefined,
    usage: undefined,
  });
  t.same(metrics.usage(), []);
  const lines = await textOf(metrics);
  t.ok(
    lines.includes(
      'tidegate_requests_total{route="/v1/chat/completions",model="none",client="unknown",status_class="4xx",outcome="error"} 1',
    ),
  );
});

test('100,000 distinct values from outside make no more series than the configuration names', (t) => {
  const metrics = metricsForTest(t);
  for (let index = 0; index < 100_000; index++) {
    metrics.account({ ...request, route: `/r${index}`, client: `c${index}`, alias: `m${index}`, credential: `k${index}` });
    metrics.attempt({ ...attempt, upstream: `u${index}`, credential: `k${index}` });
  }
  const rows = metrics.snapshot().series.reduce((sum, series) => sum + series.values.length, 0);
  t.ok(rows < 400, `${rows} rows`);
  t.equal(metrics.usage().length, 3, 'k1, k2 and other');
  t.end();
});

test('tallies show as they are when asked', async (t) => {
  const metrics = metricsForTest(t);
  metrics.tallies.chunks = 93;
  metrics.tallies.inFlight = 4;
  metrics.watchStore(() => ({ degraded: true, fallbacks: 7 }));
  const lines = await textOf(metrics);
  for (const line of [
    'tidegate_stream_chunks_total 93',
    'tidegate_requests_in_flight 4',
    'tidegate_store_degraded 1',
    'tidegate_store_fallbacks_total 7',
  ])
    t.ok(lines.includes(line), line);
});

test('the newest 200 attempts are kept, newest first', (t) => {
  const metrics = metricsForTest(t);
  for (let at = 1; at <= 450; at++) metrics.attempt({ ...attempt, at });
  const recent = metrics.recentAttempts();
  t.equal(recent.length, 200);
  t.same([recent[0]?.at, recent[199]?.at], [450, 251]);
  t.end();
});

test('the process itself is measured: memory, descriptors, loop, collections', async (t) => {
  const metrics = metricsForTest(t, '7');
  const lines = await textOf(metrics);
  for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_utilization_ratio', 'process_open_fds'])
    t.match(lines.find((line) => line.startsWith(name))!, /\{worker="7"\} [\d.]+$/, name);
  t.ok(lines.some((line) => line.startsWith('process_cpu_user_seconds_total ')));
});

test('no upstream key is in any answer', async (t) => {
  const metrics = metricsForTest(t);
  metrics.account(request);
  metrics.attempt(attempt);
  const all = JSON.stringify([metrics.snapshot(), metrics.usage(), metrics.recentAttempts()]);
  t.notMatch(all, /canary/);
});
