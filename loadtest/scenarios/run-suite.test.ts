import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { parseExpression } from '../thresholds/expression.js';
import type { Findings } from './findings.js';
import { runSuite, type SuiteSettings } from './run-suite.js';
import type { Scenario, Stage } from './scenario.js';

const HOME = resolve(process.env.TIDEGATE_DIST ?? 'dist');
const GOOD: Findings = {
  checks: [{ promise: 'lost streams == 0', ok: true, actual: '0' }],
  figures: [{ name: 'latency.gateway', label: 'latency', unit: 'ms', where: 'gateway', value: 5 }],
};

function scenario(name: string, run: (stage: Stage) => Promise<Findings>): Scenario {
  return { name, number: name.slice(0, 1), title: name, source: 'here', seconds: { quick: 1, full: 1 }, run };
}

const passing = (name: string): Scenario => scenario(name, async () => GOOD);

function settings(wishes: Partial<SuiteSettings> = {}): SuiteSettings {
  const nothing = (): void => {};
  return {
    ...{ pace: 'quick', seed: 0, workers: 1, home: HOME, entry: resolve(HOME, 'loadtest.js') },
    ...{ interrupt: new AbortController().signal, boundMs: () => 60_000 },
    watch: { begins: nothing, sample: nothing, say: nothing, progress: nothing, ended: nothing },
    ...wishes,
  };
}

test('a scenario that throws is an error with its words, and the rest go on', async (t) => {
  const results = await runSuite(
    [
      passing('first'),
      scenario('throws', async () => {
        throw new Error('no such thing');
      }),
      scenario('throws at once', () => {
        throw new Error('not even begun');
      }),
      scenario('loses an error', async () => {
        void Promise.reject(new Error('nobody waits for this'));
        await sleep(60_000, undefined, { ref: false });
        return GOOD;
      }),
      passing('last'),
    ],
    settings(),
  );
  t.match(
    results.map(({ name, outcome, reason }) => ({ name, outcome, reason })),
    [
      { name: 'first', outcome: 'pass', reason: undefined },
      { name: 'throws', outcome: 'error', reason: 'no such thing' },
      { name: 'throws at once', outcome: 'error', reason: 'not even begun' },
      { name: 'loses an error', outcome: 'error', reason: 'nobody waits for this' },
      { name: 'last', outcome: 'pass' },
    ],
  );
});

test('a scenario that hangs is an error after its bound, is told to end, and can start nothing any more', async (t) => {
  let late: Promise<unknown> = Promise.resolve();
  const hanging = scenario('hangs', async (stage) => {
    await new Promise((resolve) => stage.interrupt.addEventListener('abort', resolve));
    late = stage.startMock({ maxConcurrent: 1 });
    late.catch(() => {});
    return GOOD;
  });
  const results = await runSuite(
    [hanging, passing('next')],
    settings({ boundMs: ({ name }) => (name === 'hangs' ? 50 : 60_000) }),
  );
  t.match(results, [{ outcome: 'error', reason: /hung: no end within/ }, { outcome: 'pass' }]);
  await t.rejects(late, { message: 'the scenario is over' });
});

test('what a scenario started is stopped however it ends, a start under way too', async (t) => {
  const pids: number[] = [];
  const leaving = scenario('leaves', async (stage) => {
    pids.push((await stage.startMock({ maxConcurrent: 1 })).pid);
    void stage.startMock({ maxConcurrent: 1 }).then(({ pid }) => pids.push(pid));
    throw new Error('gone');
  });
  await runSuite([leaving], settings());
  t.equal(pids.length, 2, 'both were started');
  t.strictSame(
    pids.filter((pid) => existsSync(`/proc/${pid}`)),
    [],
    'none is left',
  );
});

test('an interrupt ends the scenario that runs, keeps what it found, and begins no other', async (t) => {
  const interrupt = new AbortController();
  const patient = scenario('heeds', async (stage) => {
    setImmediate(() => interrupt.abort());
    await new Promise((resolve) => stage.interrupt.addEventListener('abort', resolve));
    return GOOD;
  });
  const results = await runSuite([patient, passing('never begun')], settings({ interrupt: interrupt.signal }));
  t.match(results, [{ name: 'heeds', outcome: 'error', reason: /interrupted/, figures: GOOD.figures }]);
  t.equal(results.length, 1);
});

test('a scenario that does not heed an interrupt is left after the grace', async (t) => {
  const interrupt = new AbortController();
  const deaf = scenario('deaf', async () => {
    interrupt.abort();
    await sleep(60_000, undefined, { ref: false });
    return GOOD;
  });
  const results = await runSuite([deaf], settings({ interrupt: interrupt.signal, graceMs: 20 }));
  t.match(results, [{ outcome: 'error', reason: /interrupted/ }]);
});

test('each outcome follows from the findings', async (t) => {
  const bad = { ...GOOD, checks: [...GOOD.checks, { promise: 'x == 1', ok: false, actual: '2' }] };
  const cases: [Findings, string][] = [
    [GOOD, 'pass'],
    [bad, 'fail'],
    [{ ...bad, invalid: ['the generator was saturated'] }, 'invalid'],
    [{ ...GOOD, skipped: 'no Redis here' }, 'skipped'],
    [{ ...GOOD, checks: [] }, 'error'],
  ];
  const results = await runSuite(
    cases.map(([findings], index) => scenario(`case ${index}`, async () => findings)),
    settings(),
  );
  t.strictSame(
    results.map(({ outcome }) => outcome),
    cases.map(([, outcome]) => outcome),
  );
});

test('thresholds of the command line are checks of the scenario they name, by name or number', async (t) => {
  const thresholds = ['fine:latency.gateway<6', 'f:latency.gateway<5', 'other:latency.gateway<1', 'fine:nothing.gateway<1'];
  const [result] = await runSuite([passing('fine')], settings({ thresholds: thresholds.map(parseExpression) }));
  t.equal(result?.outcome, 'fail');
  t.match(result?.checks, [
    { ok: true },
    { promise: 'latency (gateway) < 6 ms', ok: true, actual: '5 ms' },
    { promise: 'latency (gateway) < 5 ms', ok: false },
    { ok: false, actual: 'no such figure', hint: /latency\.gateway/ },
  ]);
});
