import { test } from 'tap';
import { Redaction } from './redaction.js';

const AWKWARD = 'sk-"quoted"\\back/slash+and ümlaut=';

test('a secret is found in every form in which text carries it', (t) => {
  const redaction = new Redaction([AWKWARD]);
  const forms = {
    'as it is': AWKWARD,
    'in JSON': JSON.stringify({ a: AWKWARD }),
    'in JSON within JSON': JSON.stringify({ a: JSON.stringify({ b: AWKWARD }) }),
    'in a URL': `/v1?key=${encodeURIComponent(AWKWARD)}&b=1`,
    'in a URL of small letters': encodeURIComponent(AWKWARD).toLowerCase(),
    'in base64': Buffer.from(AWKWARD).toString('base64'),
    'in base64 as a password': Buffer.from(`user:${AWKWARD}`).toString('base64'),
    'in base64 as a token': Buffer.from(`Bearer ${AWKWARD} and more`).toString('base64'),
    'in base64 for URLs': Buffer.from(`{"k":"${AWKWARD}"}`).toString('base64url'),
  };
  for (const [name, text] of Object.entries(forms)) {
    const clean = redaction.clean(`before ${text} after`);
    t.match(clean, /^before .*\[redacted\].* after$/, name);
    for (const part of ['quoted', 'slash', 'mlaut', Buffer.from(AWKWARD).toString('base64').slice(8, 20)])
      t.notOk(clean.includes(part), `${name}: ${part} in ${clean}`);
  }
  t.end();
});

test('ten thousand secrets that begin alike cost no more than one', (t) => {
  const secrets = Array.from({ length: 10_000 }, (_, index) => `sk-load-${String(index).padStart(5, '0')}`);
  const redaction = new Redaction(secrets);
  t.equal(redaction.clean('x sk-load-09999 y sk-load-1234 z'), 'x [redacted] y sk-load-1234 z');
  const text = 'sk-load- and other words '.repeat(40_000);
  const startedAt = performance.now();
  t.equal(redaction.clean(text), text);
  t.ok(performance.now() - startedAt < 5_000, 'a megabyte is a matter of milliseconds, not of minutes');
  t.end();
});
