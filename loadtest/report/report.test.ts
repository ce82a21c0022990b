import { test } from 'tap';
import { noCounts } from '../engine/counts.js';
import type { Environment, GroupSample, RunResult, Sample } from '../result.js';
import { describeErrors, figuresOf } from './figures.js';
import { liveLine } from './live-line.js';
import { makeSummary, renderReport } from './report.js';
import { judge } from './validity.js';

const MB = 2 ** 20;
const environment: Environment = {
  node: 'v20',
  commit: 'abc',
  cores: 2,
  cpuModel: 'x',
  memoryBytes: 1,
  kernel: '6',
  platform: 'linux',
};
const latency = { count: 19000, min: 300, mean: 6400, p50: 6500, p90: 12000, p95: 15000, p99: 17000, max: 17600 };

function gateway(cpuPercent: number, cpuSeconds: number, megabytes: number): GroupSample {
  return { cpuPercent, cpuSeconds, rss: megabytes * MB, pss: (megabytes / 2) * MB, fds: 100, threads: 11, processes: 5 };
}

function sample(at: number, phase: Sample['phase'], group: GroupSample): Sample {
  const rest = {
    generatorElu: 0.3,
    stealPercent: 0,
    listenOverflows: 0,
    inFlight: 5,
    ok: at > 0 ? at * 10 : 0,
    failed: 0,
    events: at * 100,
    p95: 15000,
  };
  return { at, phase, gateway: group, ...rest };
}

/** A clean round 2: 20,000 requests in 140 s, 93 events each. */
function cleanRun(): RunResult {
  const counts = { ...noCounts(), sent: 20000, ok: 20000, done: 20000, events: 1860000, eventsOfOk: 1860000, steadyOk: 18000 };
  return {
    plan: {
      ...{
        label: 'cluster ×4',
        target: 'cluster',
        vus: 1000,
        credentials: 500,
        durationSeconds: 120,
        warmupSeconds: 0,
        rampSeconds: 2,
      },
      ...{
        thinkMs: [0, 0],
        graceSeconds: 60,
        idleSeconds: 10,
        timeoutSeconds: 120,
        workers: 4,
        model: 'mock-round',
        seed: 0,
        timeScale: 1,
        generators: 2,
      },
    },
    startedAt: '2026-11-21T00:00:00.000Z',
    interrupted: false,
    counts,
    durations: { latency },
    generator: { processes: 2, elu: 0.3, loopDelayP99: 2, cpu: 0.5 },
    untilLastEnd: 140,
    steadySeconds: 120,
    samples: [
      sample(-3, 'idle', gateway(0, 1, 90)),
      sample(-2, 'idle', gateway(0.4, 1, 100)),
      sample(-1, 'idle', gateway(0.2, 1, 101)),
      sample(1, 'load', gateway(60, 2, 150)),
      sample(2, 'load', gateway(80, 62, 200)),
      sample(140, 'after', gateway(10, 94, 180)),
    ],
    memoryAfter: { how: 'gc', rss: 120 * MB, pss: 60 * MB },
    mock: {
      requests: 20000,
      completed: 20000,
      done: 20000,
      events: 1860000,
      noSlot: 0,
      keys: 500,
      mostOnKey: 40,
      fewestOnKey: 40,
      sessions: 1000,
      sessionKeyChanges: 0,
    },
    throughGateway: true,
  };
}

function changed(change: (run: RunResult) => void): RunResult {
  const run = cleanRun();
  change(run);
  return run;
}

test('figures follow the published definitions', async (t) => {
  const figures = figuresOf(cleanRun());
  t.match(figures, {
    requests: 20000,
    success: 100,
    eventsPerRequest: 93,
    peakCpu: 80,
    peakRss: 200,
    peakPss: 100,
    afterRss: 120,
    fds: 100,
  });
  t.equal(figures.rps.toFixed(2), '142.86', 'requests over the time until the last stream ended');
  t.equal(figures.steadyRps, 150);
  t.equal(figures.idleCpu, 0.4, 'the first sample has no second before it and is left out');
  t.equal(figures.cpuPerThousandEvents, 93 / 1860);
  t.equal(figures.rpsPerServerCpu?.toFixed(3), (142.857 / 20).toFixed(3), 'peak of one core over four cores');
  t.equal(figures.rpsPerMb?.toFixed(3), '0.714');
});

test('the report shows measured beside published figures of the same round', async (t) => {
  const text = renderReport(
    makeSummary(environment, [cleanRun(), changed((run) => Object.assign(run.plan, { label: 'single process' }))]),
  );
  const tables = text.slice(text.indexOf('Traffic '));
  const line = (name: string): string => tables.split('\n').find((one) => one.startsWith(name)) ?? '';
  t.match(line('Traffic'), /cluster ×4 +single process +Go \(published\) +Node\.js \(published\) +Next\.js/);
  t.match(line('RPS, until'), /142\.86 +142\.86 +138\.56 +79\.05 +–/);
  t.match(line('P95 latency'), /15,000\.00 +15,000\.00 +15,140\.44 +21,324\.29 +–/);
  t.match(line('RPS per 1 %'), /7\.14 +7\.14 +5\.18 +3\.50 +–/);
  t.match(line('Peak CPU, % of a 4-core'), /20\.00 +20\.00 +26\.75 +22\.58 +25\.00/);
  t.match(line('CPU-seconds per 1,000 chunks'), /0\.0500 /);
  t.match(text, /runs valid: counts agree on both ends/);
  for (const note of text.match(/\[\d+\](?= )/g) ?? [])
    t.ok(text.includes(`\n${note} `) || text.includes(`   ${note} `), `${note} is explained`);
});

test('a summary that went through JSON gives the same report', async (t) => {
  const summary = makeSummary(environment, [cleanRun()]);
  t.equal(renderReport(JSON.parse(JSON.stringify(summary))), renderReport(summary));
});

test('fifty users stand beside round 1', async (t) => {
  const text = renderReport(makeSummary(environment, [changed((run) => Object.assign(run.plan, { vus: 50 }))]));
  t.match(text, /Requests +20,000 +511 +494 +516/);
});

test('without a gateway process the report says so and invents nothing', async (t) => {
  const run = changed((one) => {
    for (const sample of one.samples) delete sample.gateway;
  });
  t.match(renderReport(makeSummary(environment, [run])), /no gateway process that could be watched/);
});

test('a clean run is valid and has no warning', async (t) => {
  t.strictSame(judge(cleanRun()), { invalid: [], warnings: [] });
});

const INVALID: readonly [string, (run: RunResult) => void, RegExp][] = [
  ['the mock saw fewer requests', (run) => Object.assign(run.mock!, { requests: 19999 }), /mock counted 19999/],
  [
    'the mock saw more requests than were sent',
    (run) => Object.assign(run.mock!, { requests: 20001, completed: 20001 }),
    /mock counted 20001/,
  ],
  ['a [DONE] was lost', (run) => Object.assign(run.counts, { done: 19999 }), /\[DONE\] arrived 19999/],
  ['an event was lost', (run) => Object.assign(run.counts, { events: 1859999 }), /1859999 events arrived/],
  ['a request is unaccounted for', (run) => Object.assign(run.counts, { ok: 19999 }), /19999 are accounted for/],
  ['nothing was sent', (run) => Object.assign(run, { counts: noCounts(), mock: undefined }), /no request was sent/],
  ['nothing succeeded', (run) => Object.assign(run.counts, { ok: 0, connect: 20000 }), /no request succeeded/],
  ['the generator was saturated', (run) => Object.assign(run.generator, { elu: 0.96 }), /saturated/],
  [
    'arrivals were due and not sent',
    (run) => Object.assign(run, { arrivals: { askedPerSecond: 100, sentPerSecond: 60, answeredPerSecond: 60 } }),
    /sent 60\.0 requests a second where 100\.0 were due/,
  ],
  ['the generator was late', (run) => Object.assign(run.generator, { loopDelayP99: 101 }), /late/],
];

for (const [rule, change, reason] of INVALID) {
  test(`run invalid: ${rule}`, async (t) => {
    const summary = makeSummary(environment, [changed(change)]);
    t.match(summary.invalid.join('\n'), reason);
    t.match(renderReport(summary), /run invalid: /);
    t.notMatch(renderReport(summary), /runs? valid/);
  });
}

test('failed requests widen what both ends may differ by', async (t) => {
  const run = changed(({ counts, mock }) => {
    Object.assign(counts, { ok: 19990, done: 19990, truncated: 5, http: { 503: 5 } });
    Object.assign(mock!, { requests: 19996, done: 19992, completed: 19992 });
  });
  t.strictSame(judge(run).invalid, []);
  t.match(describeErrors(run), /5 × 503, 5 truncated/);
});

/** What was dropped was on time: the target was busy, and the run stands. */
function droppedArrivals(run: RunResult): void {
  Object.assign(run, { arrivals: { askedPerSecond: 100, sentPerSecond: 60, answeredPerSecond: 60 } });
  Object.assign(run.counts, { dropped: 40 });
}

test('an answer that is converted on the way has events of its own; one that is not has not', async (t) => {
  const converted = changed((run) => {
    run.plan.request = { dialect: 'messages', stream: true };
    run.counts.events += 20000;
  });
  t.strictSame(judge(converted).invalid, []);
  t.match(judge({ ...converted, throughGateway: false }).invalid, [/events arrived/]);
  const remade = (target: string) => changed((run) => Object.assign(run.plan, { target }) && run.counts.events--);
  t.strictSame(judge(remade('litellm')).invalid, []);
  t.match(judge(remade('portkey')).invalid, [/events arrived/]);
});

test('a run with arrivals and stamps tells both clocks, lag and losses', async (t) => {
  const run = changed((one) => {
    droppedArrivals(one);
    Object.assign(one.durations, {
      latencyUncorrected: { ...latency, p99: 9000 },
      sendLag: { ...latency, p50: 1.5 },
      lag: { ...latency, p99: 3 },
    });
    for (const sample of one.samples) sample.gatewayLoop = { delayP99: 7, elu: 0.5 };
  });
  const text = renderReport(makeSummary(environment, [run]));
  t.match(text, /asked 100\.0\/s, sent 60\.0\/s, answered 60\.0\/s, dropped 40; sent later than due by p50 1\.50/);
  t.match(text, /due \(corrected\): latency p50 6500\.00 p95 15000\.00 p99 17000\.00 ms, first token –/);
  t.match(text, /sent \(uncorrected\): latency p50 6500\.00 p95 15000\.00 p99 9000\.00 ms/);
  t.match(text, /mock's write to our read: .* p99 3\.00 ms; missing 0, doubled 0, out of order 0/);
  t.match(text, /busiest process 50 % busy, delay p99 7\.0 ms/);
  t.notMatch(renderReport(makeSummary(environment, [cleanRun()])), /arrivals:|mock's write|busiest process/);
});

const WARNINGS: readonly [string, (run: RunResult) => void, RegExp][] = [
  ['a busy generator', (run) => Object.assign(run.generator, { elu: 0.85 }), /85 % busy/],
  ['a slow generator', (run) => Object.assign(run.generator, { loopDelayP99: 12 }), /12\.0 ms/],
  ['full accept queues', (run) => Object.assign(run.samples.at(-1)!, { listenOverflows: 3 }), /3 connections were dropped/],
  ['another time scale', (run) => Object.assign(run.plan, { timeScale: 0.5 }), /time scale 0\.5/],
  ['sessions that moved', (run) => Object.assign(run.mock!, { sessionKeyChanges: 2 }), /2 times a session/],
  ['dropped arrivals', droppedArrivals, /40 arrivals were dropped/],
  [
    'events that never came',
    (run) => Object.assign(run.counts, { missing: 2, doubled: 1 }),
    /2 events .* never came\n1 events came twice/,
  ],
  ['streams without stamps', (run) => Object.assign(run.counts, { unstamped: 3 }), /3 streams came without the stamps/],
  ['an interruption', (run) => Object.assign(run, { interrupted: true }), /partial/],
];

for (const [what, change, text] of WARNINGS) {
  test(`a warning names ${what}`, async (t) => {
    const verdict = judge(changed(change));
    t.strictSame(verdict.invalid, []);
    t.match(verdict.warnings.join('\n'), text);
  });
}

test('the live line says what happened since the one before', async (t) => {
  const line = liveLine(sample(12, 'load', gateway(80, 1, 200)), sample(10, 'load', gateway(60, 1, 200)), 1000);
  t.match(line, /12 s +load +1000 users +5 in flight +10 req\/s +100 chunks\/s +p95 15\.00 s +errors 0 +gateway 80 % 100 MB/);
});
