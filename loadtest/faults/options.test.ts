import { test } from 'tap';
import { ROW_IDS } from './families.js';
import { parseWishes } from './options.js';

const parse = (...args: string[]) => parseWishes(args, ROW_IDS);

test('rows are named one by one or by family', async (t) => {
  t.same(parse('--only', 'U1,u6').only, ['U1', 'U6']);
  t.equal(parse('--only', 'C*').only?.length, 14);
  t.equal(parse('--only', 'U1,G*').only?.length, 8);
  t.equal(parse().only, undefined);
  t.throws(() => parse('--only', 'X1'), /no row 'X1'/);
});

test('a target is told where the wall is', async (t) => {
  t.match(parse('--target', 'http://127.0.0.1:8080/x', '--wall-port', '9700'), {
    target: 'http://127.0.0.1:8080',
    wallPort: 9700,
  });
  t.throws(() => parse('--target', 'http://127.0.0.1:8080'), /--wall-port/);
  t.throws(() => parse('--target', 'localhost', '--wall-port', '1'), /URL/);
  t.throws(() => parse('--wall-port', '70000'), /port/);
});
