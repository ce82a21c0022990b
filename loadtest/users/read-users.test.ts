import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { RowDealer } from '../engine/user-row.js';
import { VirtualUser } from '../engine/virtual-user.js';
import { readUsers } from './read-users.js';

/** The rows of a file with this text, or what is wrong with it, without the folder. */
async function read(t: Test, name: string, text: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'users-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), text);
  return readUsers(join(folder, name)).catch((error: Error) => error.message.replaceAll(`${folder}/`, ''));
}

test('the examples are read, quotes, commas and line ends in fields included', async (t) => {
  const [first, second] = await readUsers('loadtest/examples/users.csv');
  t.match(first, { session: 'team-red-1', weight: 3, prompt: /a child, "eager to know", understands/ });
  t.equal(first?.model, undefined, 'an empty field is an absent one');
  t.match(second, { prompt: 'First line of a longer question.\nSecond line of it.', weight: 1 });
  t.equal((await readUsers('loadtest/examples/users.json')).length, 2);
});

test('CSV faults name their line', async (t) => {
  const faults: readonly [text: string, fault: string][] = [
    ['', 'u.csv:1: no users in it'],
    ['key\n', 'u.csv:1: no users in it'],
    ['key,colour\na,b\n', "u.csv:1: unknown column 'colour'; known: key, session, model, system, prompt, weight"],
    ['key,key\na,b\n', 'u.csv:1: a column stands twice'],
    ['key,model\r\na,b\r\n\r\nc\r\n', 'u.csv:4: 1 fields, but the header has 2'],
    ['key,prompt\na,"x\ny"\nb,"open\n\n', 'u.csv:4: a quote that is not closed'],
    ['key\n"a"b\n', 'u.csv:2: text behind a closing quote'],
    ['key\na"b\n', 'u.csv:2: a quote inside a field without quotes'],
    [
      'weight\n1\n0\nx\n',
      'u.csv:3: weight must be a number above 0, at most 1000000\nu.csv:4: weight must be a number above 0, at most 1000000',
    ],
    ['key\n"a\r\nx-evil: 1"\n', 'u.csv:2: key must be at most 1024 visible ASCII characters, as it goes into a header'],
  ];
  for (const [text, fault] of faults) t.equal(await read(t, 'u.csv', text), fault);
});

test('JSON faults name their line', async (t) => {
  const faults: readonly [text: string, fault: string | RegExp][] = [
    ['{}', /^u\.json:1: an array of users is wanted/],
    ['[\n {"key":"a"},\n {"key":}\n]', 'u.json:3: not valid JSON from here on'],
    ['[\n {"key":"a"\n', 'u.json:3: not valid JSON from here on'],
    ['[\n {"key":"a"},\n {"key":"b"}\n]\n]\n\n', 'u.json:5: not valid JSON from here on'],
    ['[\n {"key":"a, {[\\" b"},\n\n 5\n]', 'u.json:4: an object is wanted for each user'],
    ['[{"key":"a"},\n{"tags":["x"],"key":"b"}]', /^u\.json:2: unknown field 'tags'/],
    ['[\n{"key":7}]', 'u.json:2: key must be text'],
    ['[]', 'u.json:1: no users in it'],
  ];
  for (const [text, fault] of faults) t.match(await read(t, 'u.json', text), fault);
  t.match(await read(t, 'u.yaml', 'x'), /a file that ends in \.csv or \.json is wanted/);
  t.match(await readUsers('not/there.csv').catch((error: Error) => error.message), 'not/there.csv:1: cannot be read (ENOENT)');
});

test('users are dealt in turn, or by weight', (t) => {
  const even = new RowDealer(['a', 'b', 'c'].map((model) => ({ model, weight: 2 })));
  t.strictSame(
    [0, 1, 2, 3].map((user) => even.rowOf(user)?.model),
    ['a', 'b', 'c', 'a'],
  );
  const weighted = new RowDealer([
    { model: 'heavy', weight: 3 },
    { model: 'light', weight: 1 },
  ]);
  const heavy = Array.from({ length: 400 }, (_, user) => weighted.rowOf(user)?.model).filter((model) => model === 'heavy');
  t.ok(Math.abs(heavy.length - 300) <= 4, `${heavy.length} of 400`);
  t.equal(new RowDealer([]).rowOf(5), undefined);
  t.end();
});

test('a user with a row presents and says what stands there, in each API', (t) => {
  const row = { key: 'k-row', session: 's-row', model: 'm-row', system: 'Be brief.', prompt: 'Hi?', weight: 1 };
  const plan = { model: 'm', keys: ['k'], thinkMs: [0, 0] as const, seed: 1 };
  for (const dialect of ['chat', 'messages', 'responses'] as const) {
    const { headers, body } = new VirtualUser({ ...plan, request: { dialect, stream: false } }, 3, row).nextRequest();
    const told = JSON.parse(body);
    t.equal(told.model, 'm-row');
    t.equal(told.stream, false);
    t.match(body, /Be brief\..*Hi\?/);
    t.equal(headers['x-session-id'], 's-row');
    t.equal(headers[dialect === 'messages' ? 'x-api-key' : 'authorization'], dialect === 'messages' ? 'k-row' : 'Bearer k-row');
  }
  t.end();
});
