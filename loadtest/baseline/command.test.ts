import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { type BaselineOrder, baselineCommand } from './command.js';
import type { Build, Finished, Measured, Subject } from './subject.js';
import type { BaselineComparison, KeptBaseline } from './words.js';

type Value = (side: Build['side'], repeat: number) => number | undefined;

/** A load run whose only figure is made up; writes down who was run when. */
class MadeUp implements Subject {
  readonly seconds = 1;
  readonly order: string[] = [];
  comparison: BaselineComparison | undefined;
  notes: readonly string[] = [];
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  async measure({ side, home }: Build, repeat: number): Promise<Measured> {
    this.order.push(`${side}${repeat}${home === undefined ? '' : ' of another folder'}`);
    const value = this.#value(side, repeat);
    const words = { name: 'cpu', label: 'CPU', unit: 'ms', where: 'gateway', better: 'lower' } as const;
    return value === undefined ? { problem: 'the generator was late' } : { figures: [{ ...words, value }] };
  }

  async finish(comparison: BaselineComparison | undefined, notes: readonly string[]): Promise<Finished> {
    this.comparison = comparison;
    this.notes = [...notes];
    return { place: 'nowhere', text: '', summary: {}, thresholdFailed: false };
  }
}

const built = (t: { testdir(files: Record<string, string>): string }): string => t.testdir({ 'primary.js': '' });

async function execute(subject: Subject, folder: string, wishes: Partial<BaselineOrder>): Promise<number> {
  const order = { args: ['--vus', '5'], json: true, quiet: true, baselines: folder, ...wishes };
  const log = console.log;
  console.log = () => {};
  try {
    return await baselineCommand(order, () => subject, join(folder, 'loadtest.js'));
  } finally {
    console.log = log;
  }
}

test('base and head are run in turn, forwards and backwards, each as often as was fixed before', async (t) => {
  const folder = built(t);
  const subject = new MadeUp((_, repeat) => 100 + repeat);
  t.equal(await execute(subject, folder, { base: folder, repeats: 4 }), 0);
  const other = ' of another folder';
  t.same(subject.order, [
    ...[`base1${other}`, 'head1', 'head2', `base2${other}`],
    ...[`base3${other}`, 'head3', 'head4', `base4${other}`],
  ]);
  t.equal(subject.comparison?.kind, 'side-by-side');
});

test('a regression gives 99; what is better, or within the allowance, gives 0', async (t) => {
  const folder = built(t);
  const head = (factor: number) => new MadeUp((side, repeat) => (100 + repeat) * (side === 'head' ? factor : 1));
  t.equal(await execute(head(1.2), folder, { base: folder }), 99);
  t.equal(await execute(head(0.8), folder, { base: folder }), 0);
  t.equal(await execute(head(1.2), folder, { base: folder, maxRegression: 0.5 }), 0);
});

test('runs that must not be used are left out and named; when too few are left the command says 3', async (t) => {
  const folder = built(t);
  const subject = new MadeUp((side, repeat) => (side === 'head' && repeat > 2 ? undefined : 100));
  t.equal(await execute(subject, folder, { base: folder }), 3);
  t.match(subject.notes.join('\n'), /head, run 3, left out: the generator was late/);
  t.equal(subject.order.length, 12, 'and none is run again for it');
  t.equal(await execute(new MadeUp(() => undefined), folder, { saveBaseline: 'none' }), 3, 'none to be used');
  t.notOk(existsSync(join(folder, 'none.json')), 'and nothing is kept of them');
});

test('kept figures are compared as a trend, which fails nothing', async (t) => {
  const folder = built(t);
  t.equal(await execute(new MadeUp(() => 100), folder, { saveBaseline: 'main' }), 0);
  const kept = JSON.parse(await readFile(join(folder, 'main.json'), 'utf8')) as KeptBaseline;
  t.equal(kept.command, 'npm run loadtest -- --vus 5');
  t.same(kept.figures[0]?.values, [100, 100, 100, 100, 100, 100]);
  const slower = new MadeUp(() => 200);
  t.equal(await execute(slower, folder, { baseline: 'main' }), 0);
  t.equal(slower.comparison?.kind, 'trend');
  t.equal(slower.comparison?.figures[0]?.verdict, 'regression');
  t.equal(slower.order.length, 6, 'only this build was run');
});

test('words that contradict each other, or too few runs, run nothing', async (t) => {
  const folder = built(t);
  const error = console.error;
  const said: string[] = [];
  console.error = (text: string) => said.push(text);
  t.teardown(() => {
    console.error = error;
  });
  const wrong: Partial<BaselineOrder>[] = [
    { base: folder, baseline: 'main' },
    { base: folder, repeats: 3 },
    { maxRegression: 0.05, saveBaseline: 'x' },
    { baseline: 'missing' },
    { base: 'no-such-revision' },
  ];
  for (const wishes of wrong) {
    const subject = new MadeUp(() => 1);
    t.equal(await execute(subject, folder, wishes), 1, JSON.stringify(wishes));
    t.same(subject.order, []);
  }
  t.match(said.join('\n'), /fewer than 4 runs a side can show nothing/);
  t.notOk(existsSync(join(folder, 'x.json')));
});
