import { resolve } from 'node:path';
import { test } from 'tap';
import { parseTarget } from './site.js';

test('a target is a kind, and after an @ the folder of another build', async (t) => {
  t.same(parseTarget('cluster', '/dist'), { kind: 'cluster', home: '/dist' });
  t.same(parseTarget('single@dist-before', '/dist'), { kind: 'single', home: resolve('dist-before') });
});

test('a target that does not exist is refused with those that do', async (t) => {
  t.throws(() => parseTarget('rust', '/dist'), /no target 'rust': cluster, single, direct, conventional, go/);
});
