import { test } from 'tap';
import { bandOf, frontierAt, isMockBound } from './band.js';
import { Climb, type ClimbPlan } from './climb.js';
import { judgeRung } from './judge-rung.js';
import type { Rung, Window } from './words.js';

const PROMISES = { ttftP99: 300, lagP99: 100 };
const PLAN: ClimbPlan = { lowest: 10, factor: 4, highest: 10_000, checks: 3, promises: PROMISES };

function windowOf(changes: Partial<Window>): Window {
  return {
    ...{ throughput: 100, ttftP95: 30, ttftP99: 40, lagP99: 5, failed: 0, sentShare: 1 },
    ...{ generatorElu: 0.3, generatorDelayP99: 2, cpuPerThousandEvents: 0.03 },
    ...changes,
  };
}

/** A made-up target: what a level gives. */
type Curve = (level: number, visit: number) => Partial<Window>;

function climb(curve: Curve, plan: Partial<ClimbPlan> = {}): Climb {
  const climb = new Climb({ ...PLAN, ...plan });
  for (let visit = 0; climb.next !== undefined && visit < 50; visit++) {
    const level = climb.next;
    climb.take({ level, windows: [windowOf({ throughput: level * 5, ...curve(level, visit) })] });
  }
  return climb;
}

const levels = ({ rungs }: Climb) => rungs.map(({ level }) => level);

test('a target that breaks its promise is bracketed by a rung sustained after the failure and the lowest one that failed', (t) => {
  const done = climb((level) => ({ ttftP99: level > 300 ? 900 : 50 }));
  t.strictSame(levels(done), [10, 40, 160, 640, 320, 160]);
  t.match(bandOf(done.rungs, true), { low: 160, high: 320, reason: 'slo', contradictions: 0, isConfirmed: true });
  t.match(bandOf(done.rungs, true).detail, /^at 640: first token P99 900\.0 ms \(promised: 300\.0 ms\)$/);
  t.end();
});

test('what failed only once it had been past its end makes the band wider, and is told', (t) => {
  const done = climb((level, visit) => ({ failed: level > 600 || (visit > 3 && level > 100) ? 1 : 0 }));
  t.strictSame(levels(done), [10, 40, 160, 640, 320, 160, 80]);
  const band = bandOf(done.rungs, true);
  t.match(band, { low: 80, reason: 'errors', contradictions: 1, isConfirmed: true });
  t.equal(band.high, 320, '160 was sustained once: the band reaches to what never was');
  t.end();
});

test('throughput that stays while times rise ends the climb before a promise is broken', (t) => {
  const done = climb((level) => (level > 160 ? { throughput: 820, ttftP95: 200, ttftP99: 250 } : { throughput: level * 5 }));
  t.match(bandOf(done.rungs, true), { reason: 'flat', low: 320, high: 640 });
  t.match(
    bandOf(done.rungs, true).detail,
    /800 streams\/s became 820 streams\/s while first token P95 rose from 30\.0 ms to 200\.0 ms/,
  );
  t.end();
});

test('flat throughput without longer times, or longer times with more throughput, is no end', (t) => {
  const before: Rung = { level: 100, windows: [windowOf({ throughput: 100, ttftP95: 50 })] };
  const at = (changes: Partial<Window>, level = 200) =>
    judgeRung({ level, windows: [windowOf(changes)] }, before, PROMISES).fault;
  t.equal(at({ throughput: 101, ttftP95: 60 }), undefined);
  t.equal(at({ throughput: 150, ttftP95: 250 }), undefined);
  t.equal(at({ throughput: 101, ttftP95: 250 }), 'flat');
  t.equal(at({ throughput: 101, ttftP95: 250 }, 105), undefined, 'so small a step shows no gain');
  t.end();
});

test('the generator is told apart from the target, and first', (t) => {
  const at = (changes: Partial<Window>) => judgeRung({ level: 1, windows: [windowOf(changes)] }, undefined, PROMISES);
  t.match(at({ generatorElu: 0.99, ttftP99: 5000, failed: 3 }), { fault: 'generator', detail: /99 % busy/ });
  t.match(at({ generatorDelayP99: 150 }), { fault: 'generator' });
  t.match(at({ sentShare: 0.8 }), { fault: 'generator', detail: /80 % of what was due/ });
  t.match(at({ lagP99: 101 }), { fault: 'slo', detail: /event lag/ });
  t.match(at({ ttftP99: Number.NaN }), { fault: 'slo' }, 'no time at all keeps no promise');
  t.end();
});

test('one stalled window of three decides nothing, one error does', (t) => {
  const rung = (...changes: Partial<Window>[]) => ({ level: 1, windows: changes.map(windowOf) });
  t.equal(judgeRung(rung({}, { ttftP99: 2000 }, {}), undefined, PROMISES).fault, undefined);
  t.equal(judgeRung(rung({ ttftP99: 2000 }, { ttftP99: 2000 }, {}), undefined, PROMISES).fault, 'slo');
  t.equal(judgeRung(rung({}, { failed: 1 }, {}), undefined, PROMISES).fault, 'errors');
  t.end();
});

test('a climb ends at its top, at its bottom, and after its checks', (t) => {
  const never = climb(() => ({}), { highest: 100 });
  t.strictSame(levels(never), [10, 40, 100]);
  t.match(bandOf(never.rungs, true), { low: 100, high: undefined, reason: 'top' });
  const always = climb(() => ({ failed: 1 }));
  t.strictSame(levels(always), [10]);
  t.match(bandOf(always.rungs, true), { low: undefined, high: 10, reason: 'errors' });
  const after = climb((level, visit) => ({ failed: visit < 3 && level < 600 ? 0 : 1 }), { checks: 2 });
  t.strictSame(levels(after), [10, 40, 160, 640, 320, 160]);
  t.match(bandOf(after.rungs, true), { low: 40, isConfirmed: false, contradictions: 1 });
  t.end();
});

test('a climb cut short says so, and rungs that touch end it too', (t) => {
  const short = new Climb(PLAN);
  short.take({ level: 10, windows: [windowOf({})] });
  t.match(bandOf(short.rungs, false), { low: 10, high: undefined, reason: 'time' });
  t.strictSame(levels(climb((level) => ({ failed: level > 1 ? 1 : 0 }), { lowest: 1, factor: 1.2 })), [1, 2]);
  t.match(bandOf([], false), { low: undefined, high: undefined, reason: 'time' });
  t.end();
});

test('the frontier is the most that was had within each limit and without a failure', (t) => {
  const { rungs } = climb((level) => ({ ttftP99: level, failed: level === 320 ? 1 : 0 }), {
    promises: { ttftP99: 1000, lagP99: 100 },
  });
  t.equal(frontierAt(rungs, 5), undefined);
  t.equal(frontierAt(rungs, 50), 200);
  t.equal(frontierAt(rungs, 300), 800);
  t.ok(isMockBound(95, 100));
  t.notOk(isMockBound(80, 100));
  t.end();
});
