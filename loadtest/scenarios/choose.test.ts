import { test } from 'tap';
import { CATALOGUE } from './catalogue.js';
import { chooseScenarios } from './choose.js';
import { scenarioList } from './list.js';
import { exitCodeOf } from './suite-command.js';
import { checkSuiteWishes, type SuiteOrder } from './suite-wishes.js';

test("seed 002's numbers mean its scenarios, names and numbers mean the same one, and each is run once", async (t) => {
  const numbers = ['1b', '2b', '2', '3', '4', '5', '6', '7', '8'];
  t.strictSame(
    chooseScenarios(CATALOGUE, numbers).map(({ number }) => number),
    numbers,
  );
  t.strictSame(
    chooseScenarios(CATALOGUE, ['sticky-session', '3', '1B']).map(({ name }) => name),
    ['sticky-session', 'mock-baseline'],
  );
  t.throws(() => chooseScenarios(CATALOGUE, ['9z']), { message: /no scenario '9z'.*sticky-session/ });
});

test('no two scenarios share a name or a number, and all of them together are quick in less than 15 minutes', async (t) => {
  const words = CATALOGUE.flatMap(({ name, number }) => (number === undefined ? [name] : [name, number]));
  t.equal(new Set(words).size, words.length);
  const seconds = CATALOGUE.reduce((sum, scenario) => sum + scenario.seconds.quick, 0);
  t.ok(seconds < 15 * 60, `${seconds} s by their own estimates`);
});

test('the list has a line for each scenario', async (t) => {
  const lines = scenarioList(CATALOGUE).split('\n');
  t.equal(lines.length, CATALOGUE.length + 1);
  for (const [index, { name, title }] of CATALOGUE.entries())
    t.ok(lines[index + 1]?.includes(name) && lines[index + 1]?.includes(title));
});

test('a promise not kept says more than an error, an error more than numbers that must not be used', async (t) => {
  t.equal(exitCodeOf(['pass', 'skipped']), 0);
  t.equal(exitCodeOf(['pass', 'invalid']), 3);
  t.equal(exitCodeOf(['invalid', 'error']), 1);
  t.equal(exitCodeOf(['error', 'fail', 'invalid']), 99);
});

test('options that no scenario would hear are refused', async (t) => {
  const order = { all: false, list: false, quick: false, full: false, scenario: ['3'], given: new Set<string>() };
  const check = (changes: object) => () => checkSuiteWishes({ ...order, ...changes } as unknown as SuiteOrder);
  t.doesNotThrow(check({ given: new Set(['seed', 'workers']) }));
  t.throws(check({ given: new Set(['vus']) }), { message: /vus/ });
  t.throws(check({ quick: true, full: true }));
  t.throws(check({ all: true }));
});
