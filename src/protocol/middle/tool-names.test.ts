import fc from 'fast-check';
import { test } from 'tap';
import { FittedNames, fitToolId, LONGEST_NAME } from './tool-names.js';

test('edge case 6: an id that every provider takes stays as it is', async (t) => {
  for (const id of ['call_1', 'toolu_01AbC-d', 'x'.repeat(64)]) t.equal(fitToolId(id), id);
});

test('edge case 6: another becomes one that fits, the same every time, readable where it can be', async (t) => {
  for (const id of ['', 'call:1', 'fonction é', 'x'.repeat(65), '功能', 'a b']) {
    t.match(fitToolId(id), /^[\w-]{1,64}$/, id);
    t.equal(fitToolId(id), fitToolId(id));
  }
  t.match(fitToolId('call:1'), /^call_1_/);
  t.match(fitToolId(''), /^call_/);
});

test('edge case 6: no two ids become one, and none grows longer than its dialect takes it', async (t) => {
  t.not(fitToolId('a b'), fitToolId('a:b'));
  t.not(fitToolId(`${'x'.repeat(70)}1`), fitToolId(`${'x'.repeat(70)}2`));
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.constantFrom(40, 64), (one, other, longest) => {
      const fitted = fitToolId(one, longest);
      return fitted.length <= longest && /^[\w-]+$/.test(fitted) && (one === other || fitted !== fitToolId(other, longest));
    }),
  );
  t.equal(fitToolId('x'.repeat(41), 40).length, 40);
});

test('names find back to what they were; names that fit are not remembered', async (t) => {
  const names = new FittedNames();
  t.equal(names.fit('get_weather'), 'get_weather');
  t.equal(names.given, undefined);
  const long = `mcp__${'server'.repeat(20)}__tool`;
  const fitted = names.fit(long);
  t.ok(fitted.length <= LONGEST_NAME);
  t.equal(names.fit(long), fitted);
  t.strictSame({ ...names.given }, { [fitted]: long });
});
