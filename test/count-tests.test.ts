/** The counter behind `.ci/run`: it must not call a run good that was not. */
import { spawnSync } from 'node:child_process';
import { test } from 'tap';

function count(tap: string) {
  const { stdout, status } = spawnSync(process.execPath, ['scripts/count-tests.mjs'], { input: tap, encoding: 'utf8' });
  return { last: stdout.trimEnd().split('\n').at(-1), status, stdout };
}

const GOOD = `TAP version 14
# Subtest: a.test.ts
    # Subtest: outer
        ok 1 - should be equal
        # Subtest: inner one
            ok 1 - should be equal
            1..1
        ok 2 - inner one # time=1ms
        # Subtest: inner two
            ok 1 - should be equal
            1..1
        ok 3 - inner two # time=1ms
        1..3
    ok 1 - outer # time=1ms
    ok 2 - left out # SKIP no such server
    1..2
ok 1 - a.test.ts # time=5ms
1..1
`;

test('a test is what has no tests inside, a skipped one is no passed one', async (t) => {
  t.match(count(GOOD), { last: 'tests: 2 passed, 0 failed, 1 skipped', status: 0 });
});

test('buffered subtests count the same', async (t) => {
  const tap =
    'TAP version 14\n1..1\nok 1 - a.test.ts # time=1ms {\n    ok 1 - b # time=1ms {\n        ok 1 - c\n        1..1\n    }\n    1..1\n}\n';
  t.match(count(tap), { last: 'tests: 1 passed, 0 failed, 0 skipped', status: 0 });
});

test('a failed test is counted once and shown', async (t) => {
  const tap = GOOD.replace(
    'ok 1 - should be equal\n            1..1\n        ok 2',
    'not ok 1 - why it broke\n            1..1\n        not ok 2',
  )
    .replace('ok 1 - outer', 'not ok 1 - outer')
    .replace('ok 1 - a.test.ts', 'not ok 1 - a.test.ts');
  const result = count(tap);
  t.match(result, { last: 'tests: 1 passed, 1 failed, 1 skipped', status: 1 });
  t.match(result.stdout, /# Subtest: inner one\n.*why it broke/);
});

test('a file that crashes without a failed test is one failure', async (t) => {
  t.match(count(GOOD.replace('ok 1 - a.test.ts', 'not ok 1 - a.test.ts')), {
    last: 'tests: 2 passed, 1 failed, 1 skipped',
    status: 1,
  });
});

test('a run that breaks off, ends early or runs nothing fails', async (t) => {
  t.equal(count(GOOD.slice(0, GOOD.indexOf('1..2'))).status, 1);
  t.equal(count(GOOD.replace('\n1..1\n', '\n')).status, 1);
  t.equal(count('TAP version 14\n1..0\n').status, 1);
  t.equal(count('npm error\n').status, 1);
});

test('TAP quoted in a diagnostic does not count', async (t) => {
  const quoted = GOOD.replace(
    '    ok 2 - left',
    '      ---\n      found: |\n      not ok 9 - quoted\n      # Subtest: quoted\n      ...\n    ok 2 - left',
  );
  t.match(count(quoted), { last: 'tests: 2 passed, 0 failed, 1 skipped', status: 0 });
});

test('of a file that is run once more the last result counts, its time-out beside it included', async (t) => {
  const first = GOOD.replace('ok 1 - a.test.ts', 'not ok 1 - a.test.ts')
    .replace('    ok 2 - left out # SKIP no such server\n', '    not ok 2 - left out\n')
    .replace('1..1\n', 'not ok 2 - timeout!\n1..2\n');
  t.equal(count(first).status, 1);
  const again = count(`${first}# once more, alone: a.test.ts\n${GOOD}`);
  t.match(again, { last: 'tests: 2 passed, 0 failed, 1 skipped', status: 0 });
  t.equal(count(`${first}# once more, alone: a.test.ts\n${first}`).status, 1);
});
