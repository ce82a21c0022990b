import { test } from 'tap';
import { MessagesStreamObserver } from './messages-stream-observer.js';

const event = (data: { type: string } & Record<string, unknown>) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const started = event({
  type: 'message_start',
  message: { usage: { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 1 } },
});
const block = (content_block: object) => event({ type: 'content_block_start', index: 0, content_block });
const delta = (fields: object) => event({ type: 'content_block_delta', index: 0, delta: fields });
const ended = (stop_reason: string | null) =>
  event({ type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 9 } });
const stopped = event({ type: 'message_stop' });
const overloaded = event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });

test('a start, a ping, a comment and blocks without words are no content', async (t) => {
  for (const text of [
    started,
    event({ type: 'ping' }),
    ': x\n\n',
    block({ type: 'text', text: '' }),
    block({ type: 'thinking', thinking: '', signature: '' }),
    delta({ type: 'text_delta', text: '' }),
    event({ type: 'content_block_stop', index: 0 }),
    event({ type: 'something_new' }),
  ])
    t.equal(new MessagesStreamObserver().inspect(text), 'preamble', text);
});

test('words, a tool call, hidden thought and an end are content', async (t) => {
  for (const text of [
    delta({ type: 'text_delta', text: 'a' }),
    delta({ type: 'thinking_delta', thinking: 'a' }),
    block({ type: 'tool_use', id: 't', name: 'f', input: {} }),
    block({ type: 'redacted_thinking', data: 'x' }),
    block({ type: 'text', text: 'a' }),
    ended('end_turn'),
    stopped,
  ])
    t.equal(new MessagesStreamObserver().inspect(text), 'content', text);
});

test('edge case 47: an overload before content is seen, also behind the start in the same piece', async (t) => {
  const observer = new MessagesStreamObserver();
  t.match(observer.inspect(started + event({ type: 'ping' }) + overloaded), {
    error: { type: 'overloaded_error', message: 'Overloaded' },
  });
  t.ok(observer.errorSeen);
  t.notOk(observer.finished);
});

test('an error after content is noted; words that imitate events change nothing', async (t) => {
  const observer = new MessagesStreamObserver();
  observer.watch(delta({ type: 'text_delta', text: '{"type":"message_stop"} {"type":"error"}' }));
  observer.watch(block({ type: 'tool_use', id: 't', name: 'f', input: { type: 'message_stop' } }));
  t.same([observer.finished, observer.errorSeen, observer.usage], [false, false, undefined]);
  observer.watch(overloaded);
  t.ok(observer.errorSeen);
});

test('it is finished with message_stop, or with a reason to stop, not with a delta without one', async (t) => {
  const observer = new MessagesStreamObserver();
  observer.watch(started + ended(null));
  t.notOk(observer.finished);
  observer.watch(ended('end_turn'));
  t.ok(observer.finished);
  const other = new MessagesStreamObserver();
  other.watch(stopped);
  t.ok(other.finished);
});

test('edge case 36: usage is put together from start and delta, not added up', async (t) => {
  const observer = new MessagesStreamObserver();
  observer.watch(started + delta({ type: 'text_delta', text: 'a' }) + ended('end_turn') + ended('end_turn') + stopped);
  t.same(observer.usage, { input: 7, cachedInput: 2, cacheWrite: 0, output: 9, reasoning: 0 });
});
