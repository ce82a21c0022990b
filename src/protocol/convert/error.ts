/** An upstream's error in the words of a client of the other maker; codes and messages stay, types are each maker's own. */
import { errorType as anthropicType } from '../anthropic/error.js';
import type { DialectName } from '../middle/request.js';
import type { Protocol, UpstreamErrorBody } from '../protocol.js';

type Maker = 'openai' | 'anthropic';

/** Anthropic's types that OpenAI does not have; the others mean the same there. */
const OPENAI_TYPES: Readonly<Record<string, string>> = {
  overloaded_error: 'server_error',
  api_error: 'server_error',
  timeout_error: 'server_error',
  not_found_error: 'invalid_request_error',
  request_too_large: 'invalid_request_error',
  authentication_error: 'invalid_request_error',
  billing_error: 'insufficient_quota',
};
/** OpenAI's clients tell limits apart by code. */
const OPENAI_CODES: Readonly<Record<string, string>> = {
  rate_limit_error: 'rate_limit_exceeded',
  not_found_error: 'model_not_found',
  billing_error: 'insufficient_quota',
};

/** Of a protocol or a dialect. */
export function makerOf(name: Protocol['name'] | DialectName): Maker {
  return name === 'anthropic' || name === 'messages' ? 'anthropic' : 'openai';
}

/** To the other maker's words. `status`: the upstream's; OpenAI's types say less than it. */
export function convertError(to: Maker, error: UpstreamErrorBody, status: number): UpstreamErrorBody {
  if (to === 'anthropic') return { ...error, type: anthropicType(status) };
  const type = error.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  return { ...error, type: OPENAI_TYPES[type] ?? type, code: error.code ?? OPENAI_CODES[type] ?? null };
}

/** What the status would have been of an error that came within a 200. */
export function statusOfWords({ type, code }: UpstreamErrorBody): number {
  const words = `${type} ${code}`;
  if (/rate_limit|429/.test(words)) return 429;
  if (/overloaded/.test(words)) return 529;
  return /invalid_request|context_length|content_filter|content_policy/.test(words) ? 400 : 502;
}
