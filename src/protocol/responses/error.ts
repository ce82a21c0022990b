/** Errors inside a Responses stream: `error` events, `response.failed`, and the one that the gateway must send itself. */
import type { GatewayError } from '../../errors.js';
import { isJsonObject } from '../middle/fields.js';
import type { UpstreamErrorBody } from '../protocol.js';
import { responseObject } from './response-object.js';

/** What is known of a response that has to fail. */
export interface ResponseHead {
  readonly id: string;
  readonly createdAt: number;
  readonly model: string;
}

/** Where nothing of the stream is known: a whole `response.failed` event. No `[DONE]` follows in this protocol. */
export function streamError(error: GatewayError, requestId: string): string {
  return failedEvent(error, { id: fallbackId(requestId), createdAt: 0, model: '' }, 0);
}

/** `sequence`: the event's number in its stream. */
export function failedEvent(error: GatewayError, head: ResponseHead, sequence: number): string {
  const response = responseObject({ ...head, status: 'failed', error: responseError(error), output: [] });
  const data = JSON.stringify({ type: 'response.failed', sequence_number: sequence, response });
  return `event: response.failed\ndata: ${data}\n\n`;
}

export function fallbackId(requestId: string): string {
  return `resp_${requestId.replace(/\W/g, '')}`;
}

/** Other makers' types in the code that a Responses client knows; an upstream's own code stays. */
const CODES: Readonly<Record<string, string>> = {
  rate_limit_error: 'rate_limit_exceeded',
  overloaded_error: 'server_is_overloaded',
  invalid_request_error: 'invalid_prompt',
};

/** A response's `error` member knows a code and a message. */
export function responseError({ message, type, code }: Pick<UpstreamErrorBody, 'message' | 'type' | 'code'>): {
  readonly code: string;
  readonly message: string;
} {
  return { code: code ?? CODES[type ?? ''] ?? 'server_error', message };
}

/**
 * The error that an event of an upstream brings: `error` with its members inside or beside (the API has sent both),
 * `response.failed`, or a bare envelope as chat has it. Undefined for any other event.
 */
export function errorOfEvent(event: Readonly<Record<string, unknown>>): UpstreamErrorBody | undefined {
  if (event.type === 'response.failed') return errorOfResponse(event.response);
  if (isJsonObject(event.error)) return errorFrom(event.error);
  if (typeof event.error === 'string') return errorFrom({ message: event.error });
  return event.type === 'error' ? errorFrom({ ...event, type: null }) : undefined;
}

/** A response that has failed says why, or at least that it has. */
export function errorOfResponse(response: unknown): UpstreamErrorBody {
  return errorFrom(isJsonObject(response) && isJsonObject(response.error) ? response.error : {});
}

function errorFrom(error: Readonly<Record<string, unknown>>): UpstreamErrorBody {
  return {
    message: text(error.message) ?? 'The upstream failed without saying why.',
    type: text(error.type),
    code: text(error.code),
    param: text(error.param),
  };
}

function text(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : null;
}
