import { test } from 'tap';
import { classifyEvent, type EventKind } from './classify-event.js';

const CASES: readonly [string, string, EventKind][] = [
  ['the role event is no content', 'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}', 'data'],
  ['text is content', 'data: {"choices":[{"delta":{"content":"Hi"}}]}', 'content'],
  ['a text that begins with a quote is content', 'data: {"choices":[{"delta":{"content":"\\"Hi"}}]}', 'content'],
  ['blanks after the colon change nothing', 'data: {"choices": [{"delta": {"content": "Hi"}}]}', 'content'],
  ['reasoning is content', 'data: {"choices":[{"delta":{"reasoning_content":"hm"}}]}', 'content'],
  ['tool arguments are content', 'data: {"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{"}}]}}]}', 'content'],
  ['the finish event is no content', 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}', 'data'],
  ['[DONE] is done', 'data: [DONE]', 'done'],
  ['[DONE] without a blank is done', 'data:[DONE]\r', 'done'],
  ['[DONE] inside a text is not done', 'data: {"choices":[{"delta":{"content":"[DONE]"}}]}', 'content'],
  ['an OpenAI error is an error', 'data: {"error":{"message":"cut","type":"server_error","content":"x"}}', 'error'],
  ['an Anthropic error is an error', 'event: error\r\ndata: {"type":"error"}', 'error'],
  ['an empty error member is no error', 'data: {"error":null,"choices":[]}', 'data'],
  ['a heartbeat is a comment', ': keep-alive', 'comment'],
];

for (const [rule, event, kind] of CASES) {
  test(rule, async (t) => t.equal(classifyEvent(Buffer.from(event)), kind));
}
