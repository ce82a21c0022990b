import { test } from 'tap';
import { Losses } from './losses.js';
import type { MiddleRequest } from './request.js';

const request = (parts: Partial<MiddleRequest> = {}): MiddleRequest => ({
  from: 'messages',
  model: 'm',
  stream: false,
  system: [],
  turns: [],
  tools: [],
  others: {},
  lost: [],
  fields: {},
  ...parts,
});

test('what the reader lost is told beside what the writer drops, each name once', async (t) => {
  const losses = new Losses(request({ lost: ['seed', 'n'] }));
  losses.drop('seed');
  losses.drop('top_k');
  t.strictSame(losses.names, ['seed', 'n', 'top_k']);
});

test('positions do not count: the same member of many messages is one name', async (t) => {
  const losses = new Losses(request());
  for (let index = 0; index < 100; index += 1) losses.drop(`messages[${index}].content[${index}].cache_control`);
  t.strictSame(losses.names, ['messages[].content[].cache_control']);
});

test('a field is named as the client named it, and not at all where it did not set it', async (t) => {
  const losses = new Losses(request({ fields: { stop: 'stop_sequences' } }));
  losses.dropField('stop');
  losses.dropField('topK');
  t.strictSame(losses.names, ['stop_sequences']);
});

test('the header stays small and printable, whatever a client calls its fields', async (t) => {
  const losses = new Losses(request());
  for (const name of ['a b', 'x\r\ny: z', 'ü', '', ',', 'x'.repeat(129)]) losses.drop(name);
  t.strictSame(losses.names, []);
  for (let index = 0; index < 1000; index += 1) losses.drop(`field_${index}`);
  t.equal(losses.names.length, 32);
});
