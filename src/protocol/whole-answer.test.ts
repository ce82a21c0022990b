import { test } from 'tap';
import { responsesProtocol } from './responses/index.js';
import { membersOfAnswer } from './whole-answer.js';

const LARGE = 'x'.repeat(70_000);

test('an answer that is cut is none, however large', async (t) => {
  for (const content of ['short', LARGE]) {
    const body = JSON.stringify({ id: 'a', content, usage: { input_tokens: 1 } });
    t.match(membersOfAnswer(body), { id: 'a', usage: { input_tokens: 1 } });
    t.equal(membersOfAnswer(body.slice(0, -1)), undefined);
    t.equal(membersOfAnswer(`${body.slice(0, 20)}`), undefined);
  }
  for (const body of ['', ' ', '<html></html>', '{"a":}']) t.equal(membersOfAnswer(body), undefined, body);
});

test('what is complete but no object tells nothing', async (t) => {
  for (const body of ['[]', '5', '"a"', 'null', `["${LARGE}"]`]) t.strictSame(membersOfAnswer(body), {}, body.slice(0, 9));
});

test('the members of a large answer are those of its top level', async (t) => {
  const inner = { usage: { input_tokens: 9 }, id: 'inner' };
  const body = JSON.stringify({ output: [inner, LARGE], usage: { input_tokens: 1 }, store: true, id: 'outer' });
  t.strictSame(membersOfAnswer(body), { usage: { input_tokens: 1 }, store: true, id: 'outer' });
});

test('a Responses answer is kept under its id unless it says that it is not', async (t) => {
  for (const filling of ['', LARGE]) {
    t.equal(responsesProtocol.inspectAnswer(JSON.stringify({ id: 'r', filling }))?.keptAs, 'r');
    t.equal(responsesProtocol.inspectAnswer(JSON.stringify({ id: 'r', filling, store: false }))?.keptAs, undefined);
    t.equal(responsesProtocol.inspectAnswer(JSON.stringify({ id: 5, filling }))?.keptAs, undefined);
  }
});
