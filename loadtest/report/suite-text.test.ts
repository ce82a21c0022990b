import { test } from 'tap';
import { figureTable } from './figure-rows.js';
import { renderSuite } from './suite-text.js';
import { verdictOf } from './suite-verdict.js';
import { sampleSuite } from './testing.js';
import { fitted, textTable, textWidth } from './text-table.js';

const plain = { color: false, columns: 100 };

test('a suite on the terminal: thresholds first, then outcomes, then figures, then what is loud, then the verdict', async (t) => {
  const text = renderSuite(sampleSuite(), plain);
  const order = [
    '✓ ttft p99 <= 300 ms               148.2 ms',
    '✗ errors <= 1 %               1.2 %',
    'Scenario                   outcome  checks        took',
    'streaming-throughput       gateway  direct',
    'note: streaming-throughput: The loop is closed',
    'WARNING: ten-thousand: INVALID, do not use its numbers: the load generator was saturated',
    '✗ 5 scenarios: 2 passed, 1 failed, 1 invalid, 1 skipped · 6 of 7 checks kept · 5 min 12 s',
  ].map((words) => text.indexOf(words));
  t.notOk(order.includes(-1), String(order));
  t.strictSame(
    order,
    order.toSorted((a, b) => a - b),
  );
  t.notMatch(text, /\u001b/, 'no colours unless wished');
  t.match(renderSuite(sampleSuite(), { ...plain, color: true }), /\u001b\[31m✗ errors/);
});

test('a hint is said for what was not kept, and only there', async (t) => {
  const suite = sampleSuite();
  suite.scenarios[0]!.checks[0]!.hint = 'never needed';
  const text = renderSuite(suite, plain);
  t.match(text, /1\.2 %\n +the mock refused: raise its slots/);
  t.notMatch(text, /never needed/);
});

test('names from outside cannot steer the terminal', async (t) => {
  const suite = sampleSuite();
  Object.assign(suite.scenarios[0]!, { name: 'a\u001b[2Jb', title: 'c\rd' });
  suite.scenarios[0]!.figures[0]!.label = 'e\u0007\u202ef';
  t.notMatch(renderSuite(suite, plain), /[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
});

test('the verdict is the worst of the scenarios', async (t) => {
  const suite = sampleSuite();
  const of = (...outcomes: string[]) =>
    verdictOf({ ...suite, scenarios: suite.scenarios.filter(({ outcome }) => outcomes.includes(outcome)) }).outcome;
  t.equal(of('pass'), 'pass');
  t.equal(of('pass', 'skipped'), 'pass');
  t.equal(of('pass', 'invalid'), 'invalid');
  t.equal(of('pass', 'invalid', 'fail'), 'fail');
  t.equal(of('skipped'), 'error', 'nothing was shown');
  t.equal(verdictOf({ ...suite, scenarios: suite.scenarios.slice(0, 1), interrupted: true }).outcome, 'error');
});

test('one quantity at several places is one row, and all its values have the same digits', async (t) => {
  const { columns, rows } = figureTable(sampleSuite().scenarios[0]!.figures);
  t.strictSame(columns, ['gateway', 'direct']);
  t.strictSame(rows[0], {
    label: 'time to first token p50',
    unit: 'ms',
    values: [95.31, 94.9],
    decimals: 2,
    published: undefined,
    better: 'lower',
  });
  t.match(rows[2], { published: 'Go 138.56 · Node.js 79.05', decimals: 1 });
  t.match(rows.at(-1), { values: [0.04312, undefined], decimals: 4 });
  const twice = figureTable(['a', 'b'].map((name) => ({ name, label: 'same', unit: '', where: 'gateway', value: 1 })));
  t.equal(twice.rows.length, 2, 'none is lost to another of the same label');
});

test('columns line up whatever the letters are', async (t) => {
  const lines = textTable(
    ['name', 'n'],
    [
      ['日本語', '1'],
      ['👩‍👩‍👧 family', '22'],
      ['é', '333'],
    ],
  ).split('\n');
  t.equal(new Set(lines.map(textWidth)).size, 1, lines.join('\n'));
  t.equal(fitted('日本語', 5), '日本…');
  t.equal(fitted('short', 5), 'short');
});
