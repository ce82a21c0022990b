import { gzipSync } from 'node:zlib';
import type { Fault } from './faults.js';
import type { Reply } from './reply.js';

/** What a fault answers with when it needs to know the healthy answer. */
export interface HealthyAnswer {
  /** The whole body of the answer that is not streamed. */
  json: string;
  /** Every event of the streamed answer, unframed, `[DONE]` included. */
  sse: string;
  stream: boolean;
}

const STATUS_TYPES: Record<number, [type: string, code: string | null, message: string]> = {
  400: ['invalid_request_error', null, 'The request is not valid.'],
  401: ['invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.'],
  403: ['invalid_request_error', 'unsupported_country_region_territory', 'This key may not do that.'],
  404: ['invalid_request_error', 'model_not_found', 'The model does not exist or you do not have access to it.'],
  429: ['requests', 'rate_limit_exceeded', 'Rate limit reached for requests.'],
  500: ['server_error', null, 'The server had an error while processing your request.'],
  503: ['server_error', null, 'The engine is currently overloaded, please try again later.'],
  529: ['overloaded_error', null, 'Overloaded'],
};

/** Answers with a fault that no stream is needed for. False: not such a fault. */
export function answerFault(reply: Reply, fault: Fault, healthy: HealthyAnswer): boolean {
  const n = fault.numbers[0] ?? 0;
  switch (fault.name) {
    case 'status':
      refuse(reply, n, fault.numbers[1]);
      return true;
    case 'context-length':
      reply.sendError(400, {
        message: "This model's maximum context length is 128000 tokens. However, your messages resulted in 200000 tokens.",
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        param: 'messages',
      });
      return true;
    case 'content-filter':
      reply.sendError(400, {
        message: "The response was filtered due to the prompt triggering the provider's content management policy.",
        type: 'invalid_request_error',
        code: 'content_filter',
        param: 'prompt',
      });
      return true;
    case 'leak-key':
      leakKey(reply);
      return true;
    case 'redirect':
      reply.send(302, { location: 'http://169.254.169.254/latest/meta-data/' }, '', 'refused');
      return true;
    case 'html-200':
      reply.send(
        200,
        { 'content-type': 'text/html' },
        '<!doctype html><html><body><h1>Welcome to nginx!</h1></body></html>',
        'faulted',
      );
      return true;
    case 'json-for-stream':
      reply.sendJson(200, healthy.json, healthy.stream ? 'faulted' : 'completed');
      return true;
    case 'stream-for-json':
      reply.send(200, { 'content-type': 'text/event-stream' }, Buffer.from(healthy.sse, 'latin1'), 'faulted');
      return true;
    default:
      return answerOddly(reply, fault, n, healthy);
  }
}

/** Faults of the connection or of the head. */
function answerOddly(reply: Reply, fault: Fault, n: number, healthy: HealthyAnswer): boolean {
  switch (fault.name) {
    case 'refuse-headers':
      reply.cut(true);
      return true;
    case 'no-answer':
      return true;
    case 'gzip':
      reply.send(
        200,
        { ...contentType(healthy), 'content-encoding': 'gzip' },
        gzipSync(Buffer.from(bodyOf(healthy), 'latin1')),
        'faulted',
      );
      return true;
    case 'big-headers':
      reply.send(
        200,
        { ...contentType(healthy), 'x-big': 'x'.repeat(Math.min(n, 1024 * 1024)) },
        Buffer.from(bodyOf(healthy), 'latin1'),
        'faulted',
      );
      return true;
    case 'short-content-length':
      writeRaw(reply, healthy, [`Content-Length: ${bodyOf(healthy).length - 20}`], bodyOf(healthy));
      return true;
    case 'long-content-length':
      writeRaw(reply, healthy, [`Content-Length: ${bodyOf(healthy).length + 20}`], bodyOf(healthy));
      reply.cut(false);
      return true;
    case 'close-delimited':
      writeRaw(reply, healthy, ['Connection: close'], bodyOf(healthy));
      reply.cut(false);
      return true;
    case 'close-delimited-cut':
      writeRaw(reply, healthy, ['Connection: close'], `${bodyOf(healthy).split('\n\n').slice(0, n).join('\n\n')}\n\n`);
      reply.cut(false);
      return true;
    default:
      return false;
  }
}

/** An error status in the provider's words, with `Retry-After` when seconds are given. */
export function refuse(reply: Reply, status: number, retryAfterSeconds?: number): void {
  const [type, code, message] = STATUS_TYPES[status] ?? [
    status >= 500 ? 'server_error' : 'invalid_request_error',
    null,
    `Status ${status} as asked.`,
  ];
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  reply.sendError(status, { message, type, code }, headers);
}

/** A head and a body as they are given, past Node's own checks; the connection is left to the caller. */
export function writeRaw(reply: Reply, healthy: HealthyAnswer, headers: string[], body: string): void {
  const head = ['HTTP/1.1 200 OK', `Content-Type: ${contentType(healthy)['content-type']}`, ...headers, '', ''].join('\r\n');
  reply.settle('faulted');
  reply.socket.write(head + body, 'latin1');
}

/** The healthy answer in the form that was asked for, latin1. */
export function bodyOf({ stream, sse, json }: HealthyAnswer): string {
  return stream ? sse : Buffer.from(json, 'utf8').toString('latin1');
}

function contentType({ stream }: HealthyAnswer) {
  return { 'content-type': stream ? 'text/event-stream' : 'application/json' };
}

/** A provider that repeats the key it was given, everywhere it can. */
function leakKey(reply: Reply): void {
  const { authorization = '', 'x-api-key': apiKey } = reply.request.headers;
  const key = authorization === '' ? String(apiKey ?? '') : authorization;
  const headers = {
    'www-authenticate': key,
    'x-debug-authorization': key,
    'openai-organization': 'org-mock-secret',
  };
  const words = { message: `Incorrect API key provided: ${key}.`, type: 'invalid_request_error', code: 'invalid_api_key' };
  reply.sendError(401, words, headers);
}
