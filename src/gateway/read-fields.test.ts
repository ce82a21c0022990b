import { test } from 'tap';
import { GatewayError } from '../errors.js';
import { type OffLoop, TookTooLong } from '../threads/piscina-pool.js';
import { OFF_LOOP_FROM, readFields } from './read-fields.js';
import { CHAT_COMPLETIONS } from './route.js';

const SMALL = Buffer.from('{"model":"a","stream":true}');
const LARGE = Buffer.from(`{"model":"a","messages":[{"role":"user","content":"${'x'.repeat(OFF_LOOP_FROM)}"}]}`);

/** Threads that answer as told, and remember what they were asked. */
class FakeThreads implements OffLoop {
  readonly asked: unknown[] = [];
  readonly #answer: () => Promise<unknown>;
  constructor(answer: () => Promise<unknown>) {
    this.#answer = answer;
  }
  run(name: string, task: unknown): Promise<unknown> {
    this.asked.push([name, task]);
    return this.#answer();
  }
  async close(): Promise<void> {}
}

test('a body below the mark is read at once, without a thread', async (t) => {
  const threads = new FakeThreads(async () => t.fail('asked'));
  t.match(readFields(CHAT_COMPLETIONS, SMALL, threads), { model: 'a', stream: true });
  t.equal(threads.asked.length, 0);
  t.match(readFields(CHAT_COMPLETIONS, LARGE, undefined), { model: 'a' }, 'nor a large one where there are none');
});

test('a large body is read by the thread, its very bytes', async (t) => {
  const fields = { model: 'b', modelSpan: { start: 9, end: 12 }, stream: false };
  const threads = new FakeThreads(async () => ({ ok: true, fields }));
  t.equal(await readFields(CHAT_COMPLETIONS, LARGE, threads), fields);
  t.same(threads.asked, [['readFields', { protocol: 'openai', body: LARGE }]]);
});

test('a fault that the thread found is the one that would be found here', async (t) => {
  const threads = new FakeThreads(async () => ({ ok: false, code: 'invalid_request', message: 'no model', param: 'model' }));
  const error: unknown = await Promise.resolve(readFields(CHAT_COMPLETIONS, LARGE, threads)).catch((fault: unknown) => fault);
  t.ok(error instanceof GatewayError);
  t.match(error, { code: 'invalid_request', message: 'no model', param: 'model', status: 400 });
});

test('a body that is too much for the thread is not tried on the event loop', async (t) => {
  const threads = new FakeThreads(() => Promise.reject(new TookTooLong('the task took too long')));
  const error: unknown = await Promise.resolve(readFields(CHAT_COMPLETIONS, LARGE, threads)).catch((fault: unknown) => fault);
  t.match(error, { code: 'overloaded', status: 503, retryAfter: 2_000 });
});

test('a thread that dies costs no request', async (t) => {
  const threads = new FakeThreads(() => Promise.reject(new Error('the thread died')));
  t.match(await readFields(CHAT_COMPLETIONS, LARGE, threads), { model: 'a', promptPrefix: /^\{"role/ });
});
