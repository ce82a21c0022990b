/** Every limit of time, over each of the three ways to ask, whole and streamed: what the caller is told, and that it is told in time. */
import type { ServerResponse } from 'node:http';
import { test } from 'tap';
import { startGateway } from './helpers/gateway.js';
import { ask, CLIENTS, type ClientProtocol, crossConfig } from './helpers/protocols.js';
import { startRecordingUpstream } from './helpers/recording-upstream.js';

const timeouts = { headers: '1500ms', firstToken: '1500ms', idle: '1500ms', total: '5s' };
const STREAM = { 'content-type': 'text/event-stream' };

/** First an event that is no content, then any number of pieces of text. */
const EVENTS: Record<ClientProtocol['name'], { readonly preamble: string; readonly opening: string; readonly delta: string }> = {
  chat: {
    preamble: event({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }),
    opening: '',
    delta: event({ choices: [{ index: 0, delta: { content: 'a ' }, finish_reason: null }] }),
  },
  messages: {
    preamble: event({
      type: 'message_start',
      message: { id: 'm', role: 'assistant', content: [], usage: { input_tokens: 5, output_tokens: 1 } },
    }),
    opening: event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    delta: event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a ' } }),
  },
  responses: {
    preamble: event({ type: 'response.created', sequence_number: 0, response: { id: 'r', status: 'in_progress' } }),
    opening: event({
      type: 'response.output_item.added',
      sequence_number: 1,
      output_index: 0,
      item: { id: 'i', type: 'message' },
    }),
    delta: event({ type: 'response.output_text.delta', sequence_number: 2, item_id: 'i', output_index: 0, delta: 'a ' }),
  },
};

function event(data: { readonly type?: string; readonly [field: string]: unknown }): string {
  return `${data.type === undefined ? '' : `event: ${data.type}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** What the upstream does with a request, by the prompt's word. */
function misbehave(response: ServerResponse, word: string, { preamble, opening, delta }: (typeof EVENTS)['chat']): void {
  if (word === 'headers') return;
  if (word === 'whole-idle') {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');
    return;
  }
  response.writeHead(200, STREAM).write(preamble);
  if (word === 'first-token') return;
  response.write(opening + delta);
  if (word === 'idle') return;
  const drip = setInterval(() => response.write(delta), 300);
  response.on('close', () => clearInterval(drip));
}

test('limits of time', async (t) => {
  const upstream = await startRecordingUpstream(t);
  upstream.answer = (response, request) => {
    const client = CLIENTS.find(({ path }) => path === request.url?.split('?')[0]) as ClientProtocol;
    const word = /say-([a-z-]+)/.exec(request.body.toString())?.[1] ?? '';
    misbehave(response, word, EVENTS[client.name]);
  };
  const gateway = await startGateway(t, crossConfig(upstream.url, { more: { timeouts } }));

  const both = async (client: ClientProtocol, word: string, stream: boolean) => {
    const answer = await ask(gateway.url, client, client.body(`to-${client.name}`, `say-${word} to ${client.name}`, stream));
    return { ...answer, name: `${client.name}, ${word}, ${stream ? 'streamed' : 'whole'}` };
  };

  await Promise.all(
    CLIENTS.map(async (client) => {
      for (const [word, stream] of [
        ['headers', false],
        ['headers', true],
        ['first-token', true],
        ['whole-idle', false],
      ] as const) {
        const { status, text, name, headers } = await both(client, word, stream);
        t.equal(status, 504, `${name}: ${text}`);
        t.ok(JSON.parse(text).error.message, name);
        // Both credentials are one upstream's: who is silent is not asked twice, a broken-off answer may be asked for again.
        t.equal(headers.get('x-gateway-attempts'), word === 'whole-idle' ? '2' : '1', name);
      }
      for (const word of ['idle', 'total']) {
        const { status, text, name } = await both(client, word, true);
        t.equal(status, 200, name);
        t.match(text, client.failure, `${name}: it ends in an error`);
        t.notMatch(text, client.end, name);
      }
    }),
  );
});
