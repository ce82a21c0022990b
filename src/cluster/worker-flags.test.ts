import { test } from 'tap';
import { workerFlags } from './worker-flags.js';

const SEMI_SPACE = /^--max-semi-space-size=/;

test('a worker has a bounded young generation, and the flags of its primary', async (t) => {
  const flags = workerFlags(['--enable-source-maps']);
  t.equal(flags.filter((flag) => SEMI_SPACE.test(flag)).length, 1);
  t.equal(flags.at(-1), '--enable-source-maps');
});

test('what the operator says goes before, wherever and however it is written', async (t) => {
  const count = (given: string[], options?: string) => workerFlags(given, options).filter((flag) => SEMI_SPACE.test(flag)).length;
  t.same(workerFlags(['--max_semi_space_size=32']), ['--max_semi_space_size=32']);
  t.equal(count([], '--no-warnings --max-semi-space-size=16'), 0);
  t.equal(count([], '--max_semi_space_size=16'), 0);
  t.equal(count([], '--max-old-space-size=512'), 1);
});
