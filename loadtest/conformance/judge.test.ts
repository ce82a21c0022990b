import { test } from 'tap';
import { AskFailed } from './clients/client.js';
import { CellFailure } from './expect.js';
import { exceptionOf, type Feature, WHOLE } from './feature.js';
import { judge, worst } from './judge.js';
import { CLIENTS } from './kinds.js';
import type { ClientKind } from './words.js';

const refused = { outcome: 'refused' as const, names: /stop/, why: 'no stop there' };
const failed = (status: number | undefined, message: string) => new AskFailed({ className: 'X', status, message, text: '' });

test('a feature that throws nothing passes; whatever it throws is the note', async (t) => {
  t.same(judge(undefined, undefined), { outcome: 'pass', note: '' });
  t.same(judge(new CellFailure('text: 1,\n not 2'), undefined), { outcome: 'fail', note: 'text: 1, not 2' });
});

test('where a refusal is due only a 400 that names the field will do', async (t) => {
  t.same(judge(failed(400, "'stop' cannot be said"), refused), { outcome: 'refused', note: 'no stop there' });
  t.match(judge(undefined, refused), { outcome: 'fail', note: /was answered/ });
  t.match(judge(failed(400, 'bad request'), refused), { outcome: 'fail', note: /names stop/ });
  t.match(judge(failed(500, 'stop'), refused), { outcome: 'fail' });
  t.match(judge(new CellFailure('stop'), refused), { outcome: 'fail' });
});

test('of several modes the worst counts, and a mode that does not apply counts least', async (t) => {
  const of = (...outcomes: ('pass' | 'fail' | 'refused' | 'n/a')[]) =>
    worst(outcomes.map((outcome) => ({ outcome, note: '' }))).outcome;
  t.equal(of('pass', 'fail'), 'fail');
  t.equal(of('pass', 'n/a'), 'pass');
  t.equal(of('refused', 'pass'), 'refused');
});

test('an exception fits by protocol, library, upstream and whether both are the same', async (t) => {
  const feature: Feature = {
    ...{ id: 'x', title: 'x', modes: WHOLE, run: async () => {} },
    exceptions: [
      { client: 'chat', upstream: 'messages', outcome: 'n/a', why: 'a' },
      { sdk: 'ai', same: true, outcome: 'n/a', why: 'b' },
    ],
  };
  const find = (id: string) => CLIENTS.find((kind) => kind.id === id) as ClientKind;
  t.equal(exceptionOf(feature, find('openai chat'), 'messages')?.why, 'a');
  t.equal(exceptionOf(feature, find('openai chat'), 'chat'), undefined);
  t.equal(exceptionOf(feature, find('ai messages'), 'messages')?.why, 'b');
  t.equal(exceptionOf(feature, find('ai messages'), 'chat'), undefined);
});
