import { test } from 'tap';
import { FORMS } from '../gateway-config.js';
import { errorBody, errorEvent, HEALTHY_TEXT, Script, wholeBody } from '../wall/answers.js';
import { readError, readStream, readWhole } from './read-events.js';

for (const form of FORMS) {
  test(`${form}: a whole stream is done, a cut one is not, an error is seen`, async (t) => {
    t.match(readStream(form, new Script(form).whole()), { text: HEALTHY_TEXT, done: true, starts: 1, error: undefined });
    const cut = new Script(form);
    t.match(readStream(form, cut.opening() + cut.tokens(5)), { done: false, error: undefined });
    const broken = new Script(form);
    t.match(readStream(form, broken.opening() + broken.tokens(5) + errorEvent(form)), {
      done: false,
      after: 0,
      error: { message: /./ },
    });
    const twice = new Script(form);
    t.match(readStream(form, twice.whole() + new Script(form).opening()), { starts: 2 });
  });

  test(`${form}: whole answers and errors are read in their own shape alone`, async (t) => {
    t.equal(readWhole(form, wholeBody(form)), HEALTHY_TEXT);
    t.equal(readWhole(form, '{"half":'), undefined);
    t.match(readError(form, errorBody(form, 503)), { message: /wall/ });
    const other = form === 'messages' ? 'chat' : 'messages';
    t.equal(readError(form, errorBody(other, 503)), undefined);
  });
}
