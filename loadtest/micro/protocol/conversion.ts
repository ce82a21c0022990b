/** What conversion costs: a small request, one of 100 KB, and one event of a stream, JSON parsed and written included. */
import { messages } from '../../../src/protocol/anthropic/index.js';
import { convertRequest } from '../../../src/protocol/convert/request.js';
import { StreamConversion } from '../../../src/protocol/convert/stream.js';
import type { Dialect } from '../../../src/protocol/middle/dialect.js';
import { chat } from '../../../src/protocol/openai/index.js';
import { responses } from '../../../src/protocol/responses/index.js';
import type { Case } from '../measure.js';
import { EVENT, flat } from '../samples.js';

const TOOL = { name: 'weather', description: 'The weather of a city.' };
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const WORDS = 'The quick "brown" fox\njumps over the lazy dog. ';

function chatRequest(turns: number): string {
  const talk = Array.from({ length: turns }, (_, turn) => ({
    role: turn % 2 === 0 ? 'user' : 'assistant',
    content: WORDS.repeat(6),
  }));
  const tools = [{ type: 'function', function: { ...TOOL, parameters: SCHEMA } }];
  const head = { model: 'gpt-4o', stream: true, temperature: 0.5, max_tokens: 500 };
  return JSON.stringify({ ...head, tools, messages: [{ role: 'system', content: 'Be kind.' }, ...talk] });
}

function messagesRequest(turns: number): string {
  const talk = Array.from({ length: turns }, (_, turn) => ({
    role: turn % 2 === 0 ? 'user' : 'assistant',
    content: [{ type: 'text', text: WORDS.repeat(6) }],
  }));
  const head = { model: 'claude-sonnet-4-5', stream: true, max_tokens: 500, system: 'Be kind.' };
  return JSON.stringify({ ...head, tools: [{ ...TOOL, input_schema: SCHEMA }], messages: talk });
}

const named = (type: string, more: object) => flat(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
const STREAMS = {
  chat: { begin: '', event: flat(EVENT) },
  messages: {
    begin:
      named('message_start', { message: { id: 'm', usage: { input_tokens: 10, output_tokens: 1 } } }) +
      named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event: named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: ' word' } }),
  },
} as const;

/** Large ones take milliseconds: a thousand of them in a batch would take minutes. */
function request(name: string, from: Dialect, to: Dialect, body: string): Case {
  const batch = body.length > 10_000 ? 10 : undefined;
  return { name, batch, run: () => convertRequest(from, to, body, 'mock-model').body, check: (out: string) => out.length > 300 };
}

function event(name: string, from: 'chat' | 'messages', to: Dialect): Case {
  const dialect = from === 'chat' ? chat : messages;
  const conversion = new StreamConversion(dialect, to, { model: 'm', includeUsage: false, answerId: 'a1', createdAt: 1 });
  const { begin, event: piece } = STREAMS[from];
  if (begin) conversion.push(begin);
  return { name, run: () => conversion.push(piece), check: (out: string) => out.includes(' word') };
}

export const cases: readonly Case[] = [
  request('request of 1 KB: chat to Messages', chat, messages, chatRequest(1)),
  request('request of 1 KB: Messages to chat', messages, chat, messagesRequest(1)),
  request('request of 100 KB: chat to Messages', chat, messages, chatRequest(321)),
  request('request of 100 KB: Messages to chat', messages, chat, messagesRequest(321)),
  event('stream event: Messages to chat', 'messages', chat),
  event('stream event: Messages to Responses', 'messages', responses),
  event('stream event: chat to Messages', 'chat', messages),
  event('stream event: chat to Responses', 'chat', responses),
];
