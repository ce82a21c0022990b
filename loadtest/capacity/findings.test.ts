import { test } from 'tap';
import { climbChart, climbChecks, climbFigures, climbInvalid, climbNotes } from './findings.js';
import type { JudgedRung, Window } from './words.js';

const PROMISES = { ttftP99: 300, lagP99: 100 };

function rung(level: number, changes: Partial<JudgedRung> & { window?: Partial<Window> } = {}): JudgedRung {
  const { window: own, ...rest } = changes;
  const window = {
    ...{ throughput: level * 5, ttftP95: 30, ttftP99: 40, lagP99: 5, failed: 0, sentShare: 1 },
    ...{ generatorElu: 0.3, generatorDelayP99: 2, cpuPerThousandEvents: 0.03 },
    ...own,
  };
  return { level, windows: [window], detail: 'fine', isCheck: false, ...rest };
}

const RUNGS = [
  rung(10),
  rung(40),
  rung(160, { fault: 'slo', detail: 'late', window: { ttftP99: 900 } }),
  rung(80, { isCheck: true }),
];

test('the band stands in figures, chart and notes, with the reason why the climb ended', (t) => {
  const climbed = { model: 'users' as const, rungs: RUNGS, isOver: true, ceiling: rung(160, { window: { throughput: 900 } }) };
  const values = Object.fromEntries(climbFigures(climbed).map(({ name, value }) => [name, value]));
  t.match(values, {
    'users_low.gateway': 80,
    'users_high.gateway': 160,
    'users_streams.gateway': 400,
    'users_streams.direct': 900,
  });
  t.match(values, { 'users_within_50ms.gateway': 400, 'users_within_300ms.gateway': 400 });
  t.strictSame(climbChart(climbed).marks, [{ label: 'band (slo)', from: 80, to: 160 }]);
  t.strictSame(climbChart(climbed).series[0]?.points, [
    [10, 50],
    [40, 200],
    [80, 400],
    [160, 800],
  ]);
  t.match(
    climbNotes(climbed)[0],
    /80 sustained \(again after the end was passed\), 160 not; it ended because of a broken promise \(at 160: late\)/,
  );
  t.equal(climbChecks(climbed, 10)[0]?.ok, true);
  t.equal(
    climbNotes(climbed).some((note) => note.includes('mock-bound')),
    false,
  );
  const bound = climbNotes({ ...climbed, ceiling: rung(160, { window: { throughput: 410 } }) });
  t.ok(bound.some((note) => note.includes('mock-bound')));
  t.end();
});

test('a machine on which even the mock alone fails says nothing about the gateway', (t) => {
  const failed = [rung(10, { fault: 'slo', detail: 'late', window: { ttftP99: 900 } })];
  const climbed = { model: 'rate' as const, rungs: failed, isOver: true };
  t.equal(climbChecks(climbed, 10)[0]?.ok, false);
  t.strictSame(climbInvalid({ ...climbed, ceiling: rung(10) }, PROMISES), [], 'the mock alone did it: the gateway did not');
  t.match(climbInvalid({ ...climbed, ceiling: rung(10, { window: { ttftP99: 800 } }) }, PROMISES), [/past the gateway/]);
  t.match(climbInvalid({ ...climbed, rungs: [rung(10, { fault: 'generator', detail: 'busy' })] }, PROMISES), [/busy/]);
  t.match(climbInvalid({ ...climbed, rungs: [] }, PROMISES), [/no rung was measured/]);
  t.strictSame(climbInvalid({ ...climbed, rungs: RUNGS }, PROMISES), []);
  t.end();
});
