import { test } from 'tap';
import { Caller } from './caller.js';
import { IdleCutter } from './idle-cutter.js';
import { get } from './requests.js';
import { serve } from './testing.js';

test('silence behind it is cut and counted; what speaks goes through as it is', async (t) => {
  const origin = await serve(t, (request, response) => {
    if (request.url === '/silent') return;
    response.write('two ');
    setTimeout(() => response.end('parts'), 50);
  });
  // The one that speaks has a minute: a machine that stalls is not silent upstream.
  const [patient, strict] = await Promise.all([60_000, 300].map((silence) => IdleCutter.before(origin, silence)));
  t.teardown(() => patient?.close());
  t.teardown(() => strict?.close());
  const ask = async (cutter: IdleCutter | undefined, path: string) => {
    const caller = new Caller(cutter?.origin ?? '');
    const result = await caller.call(get({ origin: cutter?.origin ?? '', key: 'k' }, path));
    caller.close();
    return result;
  };
  t.match(await ask(patient, '/'), { ending: 'ok', status: 200 });
  t.equal((await ask(strict, '/silent')).ending, 'no-answer');
  t.strictSame([patient?.cut, strict?.cut], [0, 1]);
});
