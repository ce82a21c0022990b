import { test } from 'tap';
import type { GatewayError } from '../errors.js';
import { ModelTable } from './model-table.js';

const entry = (name: string) => ({ name, targets: [] });
const caller = (...models: string[]) => ({ name: 'app', namespace: 'n', models });

const closed = new ModelTable([entry('gpt-4o'), entry('gpt-4o-mini'), entry('claude')]);
const open = new ModelTable([entry('gpt-4o'), entry('*')]);

function refusal(run: () => unknown): GatewayError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error as GatewayError;
  }
}

test('a name means its own entry, else the catch-all', async (t) => {
  t.equal(closed.resolve('claude', caller('*')).name, 'claude');
  t.equal(open.resolve('gpt-4o', caller('*')).name, 'gpt-4o');
  t.equal(open.resolve('anything', caller('*')).name, '*');
});

test('an unknown name is 404, a known one out of bounds 403, both at the field model', async (t) => {
  t.match(
    refusal(() => closed.resolve('gpt-5', caller('*'))),
    { code: 'model_not_found', status: 404, param: 'model' },
  );
  t.match(
    refusal(() => closed.resolve('claude', caller('gpt-*'))),
    { code: 'model_not_allowed', status: 403, param: 'model' },
  );
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const error = refusal(() => closed.resolve(name, caller('*')));
    t.equal(error?.code, 'model_not_found', name);
  }
});

test('the catch-all’s own name is no model that anybody can ask for', async (t) => {
  t.equal(refusal(() => open.resolve('*', caller('gpt-*')))?.code, 'model_not_found');
  t.equal(refusal(() => closed.resolve('*', caller('*')))?.code, 'model_not_found');
});

test('allowed names are exact, or a prefix where they end in a star', async (t) => {
  const may = (allowed: string[], model: string) => refusal(() => open.resolve(model, caller(...allowed))) === undefined;
  t.ok(may(['gpt-4o'], 'gpt-4o'));
  t.notOk(may(['gpt-4o'], 'gpt-4o-mini'));
  t.ok(may(['gpt-4o*'], 'gpt-4o'));
  t.ok(may(['claude', 'gpt-*'], 'gpt-4o-mini'));
  t.notOk(may(['gpt-*'], 'GPT-4o'));
  t.notOk(may([], 'gpt-4o'));
});

test('the list has what the caller may ask for by name', async (t) => {
  t.same(closed.listFor(caller('gpt-*')), ['gpt-4o', 'gpt-4o-mini']);
  t.same(closed.listFor(caller('*')), ['gpt-4o', 'gpt-4o-mini', 'claude']);
  t.same(open.listFor(caller('*')), ['gpt-4o']);
  t.same(closed.listFor(caller()), []);
});

test('a caller’s own word comes back short and without control characters', async (t) => {
  const error = refusal(() => closed.resolve(`a\r\n\u001b\u65e5${'x'.repeat(500)}`, caller('*')));
  t.match(error?.message, /^[\x20-\x7e]{1,200}$/);
});
