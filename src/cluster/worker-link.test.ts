import type { Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';
import { test } from 'tap';
import type { ToPrimary, ToWorker } from '../messages.js';
import { type LinkOwner, WorkerLink } from './worker-link.js';

/** A worker that keeps what it is sent and dies when killed. */
class ScriptedWorker extends EventEmitter {
  readonly id = 7;
  readonly sent: ToWorker[] = [];
  readonly signals: string[] = [];
  readonly process = {
    pid: 4711,
    send: (message: ToWorker) => this.sent.push(message),
    kill: (signal: string) => {
      this.signals.push(signal);
      this.emit('exit', null, signal);
    },
  };
  isConnected(): boolean {
    return true;
  }
}

function linked() {
  const worker = new ScriptedWorker();
  const heard: ToPrimary[] = [];
  const gone: WorkerLink[] = [];
  const owner: LinkOwner = { onMessage: (_, message) => heard.push(message), onGone: (link) => gone.push(link) };
  return { worker, heard, gone, link: new WorkerLink(worker as unknown as Worker, owner) };
}

test('an answer goes to the question with its number, in any order', async (t) => {
  const { worker, heard, link } = linked();
  const first = link.ask('metrics');
  const second = link.ask('usage');
  t.match(worker.sent, [
    { type: 'ask', id: 1, inquiry: 'metrics' },
    { type: 'ask', id: 2, inquiry: 'usage' },
  ]);
  worker.emit('message', { type: 'answer', id: 2, value: 'b' });
  worker.emit('message', { type: 'answer', id: 1, value: 'a' });
  worker.emit('message', { type: 'answer', id: 9, value: 'nobody asked' });
  t.same(await Promise.all([first, second]), ['a', 'b']);
  t.same(heard, [], 'answers are not for the owner');
});

test('a question is given up after its time-out, and a late answer is dropped', async (t) => {
  const { worker, link } = linked();
  await t.rejects(link.ask('metrics', 5), { message: 'worker 7 did not answer within 5 ms' });
  worker.emit('message', { type: 'answer', id: 1, value: 'late' });
});

test('a worker that answers nothing is not asked without end', async (t) => {
  const { worker, link } = linked();
  const open = Array.from({ length: 64 }, () => link.ask('metrics'));
  await t.rejects(link.ask('metrics'), { message: 'worker 7 does not answer' });
  worker.emit('exit', 1, null);
  const answers = await Promise.allSettled(open);
  t.ok(answers.every(({ status }) => status === 'rejected'));
});

test('the end of a worker is told once, with its reason, and it hears nothing any more', async (t) => {
  const { worker, gone, link } = linked();
  worker.emit('exit', 3, null);
  await link.gone;
  t.same(gone, [link]);
  t.equal(link.reason, 'exit code 3');
  link.send({ type: 'drain', deadline: 1, linger: 0 });
  link.kill('again');
  t.same(worker.sent, []);
  t.same(worker.signals, []);
  await t.rejects(link.ask('metrics'), { message: 'worker 7 is gone' });
});

test('a drained worker that overstays is killed, and a second drain moves its deadline', async (t) => {
  const { worker, link } = linked();
  link.becameReady();
  link.drain(60_000, 2_000, 0);
  link.drain(5, 0, 5);
  t.equal(link.state, 'leaving');
  await link.gone;
  t.same(worker.signals, ['SIGKILL']);
  t.equal(link.reason, 'still there past its drain deadline');
  t.ok(link.left);
});

test('what a worker tells about itself breaks its silence', async (t) => {
  const { worker, heard, link } = linked();
  link.silentTicks = 5;
  worker.emit('message', { type: 'stats', stats: { inFlight: 3 } });
  t.equal(link.silentTicks, 0);
  t.match(link.stats, { inFlight: 3 });
  t.equal(heard.length, 1);
});
