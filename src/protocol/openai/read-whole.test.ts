import { test } from 'tap';
import type { AnswerSink } from '../middle/answer.js';
import { readWhole } from './read-whole.js';

/** Counts what it is told. */
class Counting implements AnswerSink {
  calls: unknown[] = [];
  begin(): void {
    this.calls.push('begin');
  }
  open(): void {}
  text(): void {}
  signature(): void {}
  close(): void {}
  usage(): void {}
  end(): void {
    this.calls.push('end');
  }
  fail(error: unknown): void {
    this.calls.push(error);
  }
}

test('what is no chat answer is told as none, and nothing is said of it', async (t) => {
  for (const body of [{}, { choices: null }, { choices: [] }, { choices: [{ index: 0 }] }, { choices: [null] }, { data: [] }]) {
    const sink = new Counting();
    t.equal(readWhole(body, sink), false);
    t.strictSame(sink.calls, []);
  }
});

test('an error within a 200 is told as one', async (t) => {
  const sink = new Counting();
  t.equal(readWhole({ error: { message: 'Network connection lost.' } }, sink), false);
  t.match(sink.calls, [{ message: 'Network connection lost.' }]);
});

test('an answer begins and ends once', async (t) => {
  const sink = new Counting();
  t.equal(readWhole({ choices: [{ message: { content: 'a' } }, { index: 1, message: { content: 'b' } }] }, sink), true);
  t.strictSame(sink.calls, ['begin', 'end']);
});
