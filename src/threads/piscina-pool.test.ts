import { join } from 'node:path';
import { type Test, test } from 'tap';
import { PiscinaPool } from './piscina-pool.js';

/** A task file of a test's own. */
const TASKS = `
  export const double = (number) => number * 2;
  export const leave = () => process.exit(3);
  export const fail = () => { throw new Error('as asked'); };
  export const hang = () => new Promise(() => {});
  export const environment = () => Object.keys(process.env).length;
  export const bytesOf = (body) => body.buffer instanceof SharedArrayBuffer ? body[0]++ : -1;
`;

/** A thread that starts does not keep its process alive; a gateway has its server for that. */
function stayAlive(t: Test): void {
  const timer = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(timer));
}

function poolOf(t: Test): PiscinaPool {
  const pool = new PiscinaPool(join(t.testdir({ 'tasks.mjs': TASKS }), 'tasks.mjs'));
  t.teardown(() => pool.close());
  stayAlive(t);
  return pool;
}

test('runs a function of its file and shares memory with it', async (t) => {
  const pool = poolOf(t);
  t.equal(await pool.run('double', 21), 42);
  const body = Buffer.from(new SharedArrayBuffer(1));
  body[0] = 7;
  t.equal(await pool.run('bytesOf', body), 7);
  t.equal(body[0], 8, 'no copy');
  t.equal(await pool.run('environment', undefined), 0, 'the environment with its secrets stays behind');
});

test('a task that throws or ends its thread rejects, and the next one is served', async (t) => {
  const pool = poolOf(t);
  await t.rejects(pool.run('fail', undefined), { message: 'as asked' });
  await t.rejects(pool.run('leave', undefined));
  t.equal(await pool.run('double', 2), 4);
});

test('a task that takes too long is given up', async (t) => {
  const pool = new PiscinaPool(join(t.testdir({ 'tasks.mjs': TASKS }), 'tasks.mjs'), 2_000);
  t.teardown(() => pool.close());
  stayAlive(t);
  await t.rejects(pool.run('hang', undefined), { name: 'TookTooLong' });
  t.equal(await pool.run('double', 3), 6);
});

test('a file that is missing rejects', async (t) => {
  stayAlive(t);
  const pool = new PiscinaPool(join(t.testdir(), 'nowhere.mjs'));
  t.teardown(() => pool.close());
  await t.rejects(pool.run('double', 1));
});

test('a closed pool takes nothing, and one that never ran closes too', async (t) => {
  const pool = poolOf(t);
  await pool.close();
  await t.rejects(pool.run('double', 1), { message: 'the pool is closed' });
});
