import { test } from 'tap';
import type { Part } from './request.js';
import { TurnBuilder } from './turn-builder.js';

const text = (words: string, at = 'm'): Part => ({ kind: 'text', text: words, at });
const call = (id: string, at = `call ${id}`): Part => ({ kind: 'tool-call', id, name: 'f', input: '{}', at });
const result = (id: string, at = `result ${id}`): Part => ({ kind: 'tool-result', id, parts: [], at });
const thought: Part = { kind: 'thinking', text: 'Hm.', maker: 'chat', at: 't' };

type Said = readonly ['user' | 'assistant', ...Part[]];

function built(...turns: Said[]) {
  const builder = new TurnBuilder();
  for (const [role, ...parts] of turns) builder.add(role, parts);
  return { turns: builder.build(), lost: builder.lost };
}

/** Roles with what each part says. */
const shape = (...turns: Said[]) =>
  built(...turns).turns.map(({ role, parts }) => [
    role,
    ...parts.map((part) => ('text' in part ? part.text : 'id' in part ? `${part.kind} ${part.id}` : part.kind)),
  ]);

test('neighbours of one role are one turn', async (t) => {
  t.strictSame(shape(['user', text('a')], ['user', text('b')], ['assistant', text('c')], ['assistant', text('d')]), [
    ['user', 'a', 'b'],
    ['assistant', 'c', 'd'],
  ]);
});

test('edge case 14: blank text is left out, and a turn that has no other parts, so that its neighbours meet', async (t) => {
  t.strictSame(shape(['user', text('a'), text('')], ['assistant', text(' \n\t')], ['user', text('b')]), [['user', 'a', 'b']]);
  t.strictSame(shape(['assistant', { kind: 'refusal', text: ' ', at: 'r' }]), []);
  t.strictSame(shape(['user', { kind: 'image', source: { by: 'url', url: 'https://a' }, at: 'i' }]), [['user', 'image']]);
});

test('edge case 7: all results of a turn’s calls stand first in the next turn, in their order', async (t) => {
  t.strictSame(
    shape(['assistant', call('a'), call('b')], ['user', result('b')], ['user', text('and?'), result('a')], ['user', text('now')]),
    [
      ['assistant', 'tool-call a', 'tool-call b'],
      ['user', 'tool-result b', 'tool-result a', 'and?', 'now'],
    ],
  );
});

test('edge case 7: a call that nothing answers is left out and told, with the thought that led to it alone', async (t) => {
  const left = built(['user', text('q')], ['assistant', thought, call('a', 'messages[1]')], ['user', text('stop')]);
  t.strictSame(left.lost, ['messages[1]']);
  t.strictSame(left.turns.length, 1, 'the users’ turns meet');
  const some = built(['assistant', text('Both.'), call('a'), call('b')], ['user', result('b')]);
  t.strictSame(some.lost, ['call a']);
  t.match(some.turns[0]?.parts, [{ text: 'Both.' }, { id: 'b' }]);
});

test('calls of the last turn are kept: nobody could have answered them yet', async (t) => {
  t.strictSame(shape(['user', text('q')], ['assistant', call('a')])[1], ['assistant', 'tool-call a']);
});

test('edge case 7: a result of no call, of an older call or a second one of the same is refused at its place', async (t) => {
  const refused: Said[][] = [
    [['user', result('a', 'messages[7]')]],
    [
      ['assistant', call('a')],
      ['user', result('a')],
      ['assistant', text('x')],
      ['user', result('a', 'messages[7]')],
    ],
    [
      ['assistant', call('a')],
      ['user', result('a'), result('a', 'messages[7]')],
    ],
  ];
  for (const turns of refused) t.throws(() => built(...turns), { code: 'invalid_request', param: 'messages[7]' });
});

test('edge case 6: an id that comes again in a later turn is changed, in the call and in its result, the same every time', async (t) => {
  const turns: Said[] = [
    ['assistant', call('c')],
    ['user', result('c')],
    ['assistant', call('c'), call('c_2')],
    ['user', result('c_2'), result('c')],
    ['assistant', call('c')],
    ['user', result('c')],
  ];
  t.strictSame(shape(...turns), [
    ['assistant', 'tool-call c'],
    ['user', 'tool-result c'],
    ['assistant', 'tool-call c_2', 'tool-call c_2_2'],
    ['user', 'tool-result c_2_2', 'tool-result c_2'],
    ['assistant', 'tool-call c_3'],
    ['user', 'tool-result c_3'],
  ]);
  t.strictSame(shape(...turns.slice(0, 4)), shape(...turns).slice(0, 4), 'what was said before stays as it was');
});

test('edge case 6: the same id twice in one turn is refused, as its results could not be told apart', async (t) => {
  t.throws(() => built(['assistant', call('a'), call('a', 'messages[1].tool_calls[1]')]), {
    param: 'messages[1].tool_calls[1]',
    message: /repeats/,
  });
  t.throws(() => built(['user', result('a\n\u0000b')]), { message: /'a\?\?b'/ }, 'nothing unprintable gets into the message');
});
