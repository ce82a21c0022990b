/** OpenAI's error envelope: `{"error":{"message","type","param","code"}}` (platform.openai.com/docs/guides/error-codes). */
import type { GatewayError } from '../../errors.js';
import { parseObject } from '../json-object.js';
import { isJsonObject } from '../middle/fields.js';
import type { UpstreamErrorBody } from '../protocol.js';

export function errorBody(error: GatewayError): string {
  return envelope({ message: error.message, type: error.type, param: error.param, code: error.code });
}

export function upstreamErrorBody(error: UpstreamErrorBody): string {
  return envelope(error);
}

/** No `[DONE]` may follow: the official SDKs throw on an event with `error` and stop reading at `[DONE]`. */
export function streamError(error: GatewayError): string {
  return `data: ${errorBody(error)}\n\n`;
}

function envelope({ message, type, param, code }: UpstreamErrorBody): string {
  return JSON.stringify({ error: { message, type, param, code } });
}

/** Reads the envelope; providers that imitate it leave members out, send numbers as code, or put the text where the object should be. */
export function readError(body: string): UpstreamErrorBody | undefined {
  return errorOf(parseObject(body));
}

/** The same from a value already parsed. vLLM's older servers put the members at the top: `{"object":"error","message",…}`. */
export function errorOf(value: unknown): UpstreamErrorBody | undefined {
  if (!isJsonObject(value)) return undefined;
  const error = value.object === 'error' && !isJsonObject(value.error) ? value : value.error;
  if (typeof error === 'string') return { message: error, type: null, param: null, code: null };
  if (!isJsonObject(error) || typeof error.message !== 'string') return undefined;
  return { message: error.message, type: text(error.type), param: text(error.param), code: text(error.code) };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
}
