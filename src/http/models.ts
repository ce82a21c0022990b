/** `GET /v1/models` and `/v1/models/{id}`: the configured names that the caller may use (OpenAI API reference, "Models"). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../errors.js';
import type { Caller } from '../gateway/authenticate.js';
import type { Gateway } from '../gateway/gateway.js';
import { requestIdOf } from '../gateway/request-id.js';
import { refuse } from './refusals.js';

const OWNER = 'tidegate';
const startedAt = Math.floor(Date.now() / 1000);

export function listModels(gateway: Gateway, request: IncomingMessage, response: ServerResponse): void {
  withCaller(gateway, request, response, (caller) => ({
    object: 'list',
    data: gateway.snapshot.models.listFor(caller).map(model),
  }));
}

export function showModel(gateway: Gateway, request: IncomingMessage, response: ServerResponse, id: string): void {
  withCaller(gateway, request, response, (caller) => {
    gateway.snapshot.models.resolve(id, caller);
    return model(id);
  });
}

function withCaller(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
  answer: (caller: Caller) => unknown,
): void {
  try {
    const body = JSON.stringify(answer(gateway.snapshot.authenticator.authenticate(request.headers)));
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

function model(id: string): Record<string, unknown> {
  return { id, object: 'model', created: startedAt, owned_by: OWNER };
}
