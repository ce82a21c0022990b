import { test } from 'tap';
import { Fields, invalid, unsupported } from './fields.js';

const fields = (value: object) => new Fields(value, 'messages[0]');

test('null, absent and inherited members are the same: not there', async (t) => {
  for (const value of [{}, { x: null }, { x: undefined }]) {
    const read = fields(value);
    t.equal(read.text('x'), undefined);
    t.equal(read.number('x'), undefined);
    t.equal(read.flag('x'), undefined);
    t.equal(read.inner('x'), undefined);
    t.strictSame(read.inners('x'), []);
    t.notOk(read.has('x'));
  }
  for (const name of ['constructor', 'toString', '__proto__']) t.equal(fields({}).any(name), undefined, name);
});

test('values of the right type are read, 0, false and the empty string too', async (t) => {
  const read = fields({ text: '', number: -0.5, count: 0, flag: false, object: {}, list: [] });
  t.equal(read.text('text'), '');
  t.equal(read.number('number'), -0.5);
  t.equal(read.count('count'), 0);
  t.equal(read.flag('flag'), false);
  t.strictSame(read.object('object'), {});
  t.strictSame(read.list('list'), []);
});

test('a value of another type is a 400 that names the path as the client wrote it', async (t) => {
  const at = { code: 'invalid_request', status: 400, param: 'messages[0].x' };
  for (const x of [5, true, [], {}]) t.throws(() => fields({ x }).text('x'), at);
  for (const x of ['5', Number.NaN, Number.POSITIVE_INFINITY, {}]) t.throws(() => fields({ x }).number('x'), at);
  for (const x of [1.5, -1, '1', 2 ** 60]) t.throws(() => fields({ x }).count('x'), at);
  for (const x of [0, 'true', []]) t.throws(() => fields({ x }).flag('x'), at);
  for (const x of [[], 'x', 1]) t.throws(() => fields({ x }).object('x'), at);
  for (const x of [{}, 'x', 1]) t.throws(() => fields({ x }).list('x'), at);
  t.throws(() => fields({ x: 'c' }).oneOf('x', ['a', 'b']), { ...at, message: /'a', 'b'/ });
  t.equal(fields({ x: 'a' }).oneOf('x', ['a', 'b']), 'a');
});

test('paths grow with every step, and at the top there is only the name', async (t) => {
  const top = new Fields({ a: { b: [{ c: 1 }, 2] } }, '');
  t.equal(top.at('a'), 'a');
  t.throws(() => top.inner('a')?.inners('b'), { param: 'a.b[1]', message: /object/ });
  t.throws(() => top.inner('a')?.required(undefined, 'z'), { param: 'a.z', message: /missing/ });
  t.throws(() => new Fields([], 'tools[3]'), { param: 'tools[3]', message: /object/ });
});

test('the rest is what nobody has asked for and is not null', async (t) => {
  const read = fields({ asked: 1, other: 0, nothing: null });
  read.any('asked');
  t.strictSame(read.rest(), [['other', 0]]);
});

test('wrong in itself and right but not possible here are two codes, both 400', async (t) => {
  t.match(invalid('x', 'is odd'), { code: 'invalid_request', status: 400, message: "'x' is odd.", param: 'x' });
  t.match(unsupported('x', 'is odd'), { code: 'unsupported_value', status: 400, param: 'x' });
});
