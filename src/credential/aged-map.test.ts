import fc from 'fast-check';
import { test } from 'tap';
import { AgedMap } from './aged-map.js';

type Step = readonly ['set' | 'delete' | 'evict' | 'clear', number];

const STEPS = fc.array(
  fc.oneof(
    { weight: 30, arbitrary: fc.tuple(fc.constant('set' as const), fc.nat(30)) },
    { weight: 15, arbitrary: fc.tuple(fc.constant('delete' as const), fc.nat(30)) },
    { weight: 20, arbitrary: fc.tuple(fc.constant('evict' as const), fc.nat(30)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('clear' as const), fc.nat(30)) },
  ),
  { maxLength: 300 },
);

function apply(map: AgedMap<number, number>, [step, key]: Step): void {
  if (step === 'set') map.set(key, key);
  else if (step === 'delete') map.delete(key);
  else if (step === 'clear') map.clear();
  else {
    const oldest = map.oldest();
    if (oldest !== undefined) map.delete(oldest);
  }
}

test('whatever is set, deleted and set again, the oldest is the first that a new iterator meets', (t) => {
  fc.assert(
    fc.property(STEPS, fc.boolean(), (steps, asksAlways) => {
      const map = new AgedMap<number, number>();
      for (const step of steps) {
        apply(map, step);
        const first = asksAlways || step[1] % 3 === 0 ? map.keys().next().value : undefined;
        if (first !== undefined && map.oldest() !== first) return false;
      }
      return map.oldest() === map.keys().next().value;
    }),
    { numRuns: 500 },
  );
  t.pass('500 sequences');
  t.end();
});
