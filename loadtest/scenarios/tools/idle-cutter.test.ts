import { test } from 'tap';
import { Caller } from './caller.js';
import { IdleCutter } from './idle-cutter.js';
import { get } from './requests.js';
import { serve } from './testing.js';

test('silence behind it is cut and counted; bytes now and then are not', async (t) => {
  const origin = await serve(t, (request, response) => {
    if (request.url === '/silent') return;
    const timer = setInterval(() => response.write('.'), 50);
    setTimeout(() => {
      clearInterval(timer);
      response.end();
    }, 1_500);
  });
  const cutter = await IdleCutter.before(origin, 1_000);
  t.teardown(() => cutter.close());
  const place = { origin: cutter.origin, key: 'k' };
  const [talking, silent] = [new Caller(cutter.origin), new Caller(cutter.origin)];
  const answers = await Promise.all([talking.call(get(place, '/')), silent.call(get(place, '/silent'))]);
  talking.close();
  t.match(answers, [{ ending: 'ok' }, { ending: 'no-answer' }]);
  t.equal(cutter.cut, 1);
});
