/** What no library shows: the very bodies of errors, and fields that would change the answer's meaning if they were lost. */
import { type Cell, fetchFor } from '../cell.js';
import { equal, ok } from '../expect.js';
import { type Feature, WHOLE } from '../feature.js';
import type { Protocol } from '../words.js';

type Body = Record<string, unknown>;

const PATHS: Record<Protocol, string> = { chat: '/v1/chat/completions', responses: '/v1/responses', messages: '/v1/messages' };
const HELLO = { role: 'user', content: 'hi' };
const BASE: Record<Protocol, Body> = {
  chat: { messages: [HELLO] },
  responses: { input: [HELLO] },
  messages: { max_tokens: 100, messages: [HELLO] },
};

/** Fields that another API cannot say and that must not be lost: the name that the refusal must have. */
const MEANINGFUL: Record<Protocol, Record<string, Body>> = {
  chat: {
    n: { n: 2 },
    modalities: { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } },
  },
  responses: {
    previous_response_id: { previous_response_id: 'resp_1' },
    conversation: { conversation: 'conv_1' },
    background: { background: true },
    prompt: { prompt: { id: 'pmpt_1' } },
    store: { store: true },
    tools: { tools: [{ type: 'web_search' }] },
  },
  messages: {
    tools: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    messages: { messages: [HELLO, { role: 'assistant', content: 'The answer is' }] },
  },
};

async function post(cell: Cell, body: Body | string, key = cell.target.key): Promise<Response> {
  const headers = {
    ...{ 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    ...(cell.kind.protocol === 'messages' ? { 'x-api-key': key } : { authorization: `Bearer ${key}` }),
  };
  const text = typeof body === 'string' ? body : JSON.stringify({ model: cell.model, ...BASE[cell.kind.protocol], ...body });
  return fetchFor(cell.target, cell.upstream)(`${cell.target.origin}${PATHS[cell.kind.protocol]}`, {
    method: 'POST',
    headers,
    body: text,
  });
}

/** Checks the envelope; gives the error inside. */
async function errorOf(cell: Cell, response: Response, status: number, what: string): Promise<Body> {
  equal(response.status, status, `status for ${what}`);
  const body = (await response.json()) as { type?: string; error?: Body; request_id?: string };
  const { error } = body;
  ok(
    typeof error?.['message'] === 'string' && typeof error['type'] === 'string',
    `envelope for ${what}: ${JSON.stringify(body)}`,
  );
  if (cell.kind.protocol === 'messages') equal(body.type, 'error', `type for ${what}`);
  else equal(['param' in error, 'code' in error, body.type], [true, true, undefined], `param and code for ${what}`);
  return error;
}

export const BODY_FEATURES: readonly Feature[] = [
  {
    id: 'error-bodies',
    title: "errors in the client's own shape",
    modes: WHOLE,
    exceptions: [{ sdk: 'ai', outcome: 'n/a', why: 'asked without a library' }],
    run: async (cell) => {
      await errorOf(cell, await post(cell, { model: 'mock-no-such-model' }), 404, 'no such model');
      if (cell.target.own) await errorOf(cell, await post(cell, {}, 'sk-wrong-0123456789'), 401, 'a wrong key');
      await errorOf(cell, await post(cell, '{"model":'), 400, 'broken JSON');
      const { message } = await errorOf(cell, await post(cell, { stream: 'yes' }), 400, 'a wrong type');
      ok(String(message).includes('stream'), `the message does not name it: ${message}`);
    },
  },
  {
    id: 'meaning',
    title: 'fields that another API cannot say are refused by name',
    modes: WHOLE,
    exceptions: [
      { sdk: 'ai', outcome: 'n/a', why: 'asked without a library' },
      { same: true, outcome: 'n/a', why: 'bytes pass untouched' },
    ],
    run: async (cell) => {
      for (const [name, body] of Object.entries(MEANINGFUL[cell.kind.protocol])) {
        const error = await errorOf(cell, await post(cell, body), 400, name);
        ok(String(error['message']).includes(name), `${name} is not named: ${error['message']}`);
      }
    },
  },
];
