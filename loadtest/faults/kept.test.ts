import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { type KeptFinding, keep, readKept } from './kept.js';
import { faultsPage, withKept } from './page.js';

const R1: KeptFinding = {
  ...{ id: 'R1', title: 'a soak', verdict: 'pass', reason: 'memory flat', figures: { asked: 245_160 }, seconds: 1_445.5 },
  ...{ day: '2026-11-21', commit: 'abc1234', node: '20.20.2', extent: '24 minutes' },
};
const R2: KeptFinding = { ...R1, id: 'R2', title: 'aborts', reason: 'all given back', extent: '' };
const FACTS = { node: '20.20.2', cores: 2, seconds: 1, beside: '' };

test('a long row found again takes the place of what was kept of it; the others stay', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-kept-'));
  t.same(await readKept(root), []);
  await keep(root, [R2]);
  await keep(root, [R1]);
  const again = { ...R1, verdict: 'fail' as const };
  t.same(await keep(root, [again]), [again, R2]);
  t.same(await readKept(root), [again, R2]);
});

test('what is kept stands on the page; keeping more changes nothing else of it', (t) => {
  const [bare, one, both] = [[], [R1], [R1, R2]].map((kept) => faultsPage([], [], { ...FACTS, kept })) as [
    string,
    string,
    string,
  ];
  t.notMatch(bare, 'Long rows, kept');
  t.match(one, '| R1 | a soak | 2026-11-21, abc1234, Node 20.20.2, 24 minutes, 1446 s | ✓ pass | memory flat | asked 245160 |');
  t.equal(withKept(bare, [R1]), one);
  t.equal(withKept(one, [R1, R2]), both);
  t.equal(withKept(both, []), bare);
  t.end();
});
