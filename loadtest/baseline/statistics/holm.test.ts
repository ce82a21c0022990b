import { test } from 'tap';
import { holm } from './holm.js';

test('p values are corrected as R does: p.adjust(c(0.01, 0.02, 0.03, 0.04), "holm") is 0.04 0.06 0.06 0.06', async (t) => {
  t.same(holm([0.01, 0.02, 0.03, 0.04]), [0.04, 0.06, 0.06, 0.06]);
});

test('the order stays, none becomes more than 1, and one alone is not corrected', async (t) => {
  t.same(holm([0.5, 0.01, 0.9]), [1, 0.03, 1]);
  t.same(holm([0.03]), [0.03]);
  t.same(holm([]), []);
});
