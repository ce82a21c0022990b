import { test } from 'tap';
import { Sessions } from './sessions.js';

const BINDING = { upstream: 'u', credential: 'k', model: 'm' };
const TTL = 1_000;

function holding(count: number, most: number): Sessions {
  const sessions = new Sessions(TTL, most);
  for (let one = 0; one < count; one++) sessions.bind(`s${one}`, BINDING, 0);
  return sessions;
}

test('a full table lets go of the one unused for longest; what was used gets a second chance', (t) => {
  const sessions = holding(3, 3);
  sessions.touch('s0', 1);
  sessions.bind('s3', BINDING, 2);
  t.same(
    ['s0', 's1', 's2', 's3'].map((key) => sessions.get(key, 3) !== undefined),
    [true, false, true, true],
  );
  t.equal(sessions.size, 3);
  t.end();
});

test('a table whose every session was used keeps to its bound', (t) => {
  const sessions = holding(500, 500);
  for (let one = 0; one < 500; one++) sessions.touch(`s${one}`, 1);
  for (let one = 0; one < 100; one++) sessions.bind(`new${one}`, BINDING, 2);
  t.equal(sessions.size, 500);
  t.end();
});

test('expired sessions leave with each that comes, a bounded number at a time', (t) => {
  const sessions = holding(1_000, 10_000);
  sessions.bind('new', BINDING, 2 * TTL);
  t.ok(sessions.size < 1_000 && sessions.size > 800, `${sessions.size}`);
  for (let one = 0; one < 20; one++) sessions.bind(`later${one}`, BINDING, 2 * TTL);
  t.equal(sessions.size, 21);
  t.end();
});

test('a smaller bound counts at once', (t) => {
  const sessions = holding(1_000, 10_000);
  sessions.resize(TTL, 10, 1);
  t.equal(sessions.size, 10);
  t.end();
});
