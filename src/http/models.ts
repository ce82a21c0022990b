/**
 * `GET /v1/models` and `/v1/models/{id}`: the configured names that the caller may use, in the words of the maker whose
 * client asks (OpenAI API reference, "Models"; Anthropic API reference, "Models").
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../errors.js';
import type { Caller } from '../gateway/authenticate.js';
import type { Gateway } from '../gateway/gateway.js';
import { requestIdOf } from '../gateway/request-id.js';
import { refuse, speaksAnthropic } from './refusals.js';

const OWNER = 'tidegate';
const startedAt = new Date();

interface Words {
  list(names: readonly string[]): object;
  one(name: string): object;
}

const OPENAI: Words = {
  list: (names) => ({ object: 'list', data: names.map(OPENAI.one) }),
  one: (id) => ({ id, object: 'model', created: Math.floor(startedAt.getTime() / 1000), owned_by: OWNER }),
};

/** One page holds them all. */
const ANTHROPIC: Words = {
  list: (names) => ({
    data: names.map(ANTHROPIC.one),
    has_more: false,
    first_id: names[0] ?? null,
    last_id: names.at(-1) ?? null,
  }),
  one: (id) => ({ type: 'model', id, display_name: id, created_at: startedAt.toISOString() }),
};

export function listModels(gateway: Gateway, request: IncomingMessage, response: ServerResponse): void {
  withCaller(gateway, request, response, (caller, words) => words.list(gateway.snapshot.models.listFor(caller)));
}

export function showModel(gateway: Gateway, request: IncomingMessage, response: ServerResponse, id: string): void {
  withCaller(gateway, request, response, (caller, words) => {
    gateway.snapshot.models.resolve(id, caller);
    return words.one(id);
  });
}

function withCaller(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
  answer: (caller: Caller, words: Words) => object,
): void {
  try {
    const caller = gateway.snapshot.authenticator.authenticate(request.headers);
    const body = JSON.stringify(answer(caller, speaksAnthropic(request) ? ANTHROPIC : OPENAI));
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-request-id': requestIdOf(request.headers['x-request-id']),
      'content-length': String(Buffer.byteLength(body)),
    });
    response.end(body);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    refuse(request, response, error);
  }
}
