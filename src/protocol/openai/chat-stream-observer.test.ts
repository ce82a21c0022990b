import { test } from 'tap';
import { ChatStreamObserver } from './chat-stream-observer.js';

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (fields: object, index = 0) => event({ choices: [{ index, delta: fields, finish_reason: null }] });
const ended = (index = 0) => event({ choices: [{ index, delta: {}, finish_reason: 'stop' }] });
const failure = event({ error: { message: 'no', type: 'server_error', code: null } });

test('a role, an empty delta, a filter result and a comment are no content', async (t) => {
  const texts = [
    delta({ role: 'assistant', content: '' }),
    delta({}),
    event({ choices: [], prompt_filter_results: [{}] }),
    ': x\n\n',
  ];
  for (const text of texts) t.equal(new ChatStreamObserver().inspect(text), 'preamble', text);
});

test('text, reasoning, a refusal, a tool call and an end are content', async (t) => {
  const texts = [
    delta({ content: 'a' }),
    delta({ reasoning_content: 'a' }),
    delta({ refusal: 'a' }),
    delta({ tool_calls: [{ index: 0 }] }),
    ended(),
    'data: [DONE]\n\n',
  ];
  for (const text of texts) t.equal(new ChatStreamObserver().inspect(text), 'content', text);
});

test('an error before content is seen, also beside an end in the same piece', async (t) => {
  const sight = new ChatStreamObserver().inspect(`${delta({ role: 'assistant' })}${failure}data: [DONE]\n\n`);
  t.match(sight, { error: { message: 'no', type: 'server_error' } });
});

test('an error after content is noted, wherever the member stands; text that speaks of one is not', async (t) => {
  for (const text of [failure, event({ id: 'x', error: { message: 'no' } })]) {
    const observer = new ChatStreamObserver();
    observer.watch(text);
    t.ok(observer.errorSeen, text);
  }
  const observer = new ChatStreamObserver();
  observer.watch(delta({ content: 'data: {"error": {"message": "x"}}' }) + event({ choices: [], error: null }));
  t.notOk(observer.errorSeen);
});

test('it is finished at the end of a choice or [DONE], not while another choice goes on', async (t) => {
  const observer = new ChatStreamObserver();
  observer.watch(delta({ content: '"finish_reason":"stop" [DONE]' }));
  t.notOk(observer.finished, 'content imitates nothing');
  observer.watch(ended(0));
  t.ok(observer.finished);
  observer.watch(delta({ content: 'more' }, 1));
  t.notOk(observer.finished);
  observer.watch(ended(1));
  observer.watch(event({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } }));
  t.ok(observer.finished);
  t.match(observer.usage, { input: 7, output: 3 });
});
