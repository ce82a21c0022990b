/** Answers to requests that never become one of the gateway's: unknown path, wrong method, bytes that are no HTTP. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ErrorCode, GatewayError } from '../errors.js';
import { errorHeaders } from '../gateway/gateway-headers.js';
import { requestIdOf } from '../gateway/request-id.js';
import { errorBody as anthropicErrorBody } from '../protocol/anthropic/error.js';
import { openai } from '../protocol/openai/index.js';
import { closeAfter, closeSoon, isBodyToCome } from './closing.js';

/** By the path, or by the header that Anthropic's clients send everywhere. */
export function speaksAnthropic({ url, headers }: IncomingMessage): boolean {
  return url?.startsWith('/v1/messages') || (!!url?.startsWith('/v1/models') && headers['anthropic-version'] !== undefined);
}

/** In the shape of the protocol that the path belongs to; closes where a body is still to come. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: GatewayError,
  headers: Record<string, string> = {},
): void {
  const requestId = requestIdOf(request.headers['x-request-id']);
  const body = speaksAnthropic(request) ? anthropicErrorBody(error, requestId) : openai.errorBody(error, requestId);
  if (isBodyToCome(request)) headers.connection = 'close';
  if (headers.connection === 'close') closeAfter(request);
  response.writeHead(error.status, {
    ...errorHeaders(error),
    ...headers,
    'x-request-id': requestId,
    'content-length': String(Buffer.byteLength(body)),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const PARSER_REFUSALS: Readonly<Record<string, readonly [string, ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'invalid_request', 'The request headers are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Payload Too Large', 'request_too_large', 'The chunk extensions are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'request_timeout', 'The request did not arrive in time.'],
};
const MALFORMED = ['400 Bad Request', 'invalid_request', 'The request is not valid HTTP.'] as const;

/** The last word on a connection whose bytes are no HTTP (any more). Nothing is sent into an answer that has begun. */
export function refuseBytes(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET' || hasBegunAnswer(socket)) {
    socket.destroy();
    return;
  }
  const [status, code, message] = PARSER_REFUSALS[error.code ?? ''] ?? MALFORMED;
  const body = openai.errorBody(new GatewayError(code, message), '');
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const FULL = 'The gateway has no room for more connections.';

/** On a connection past the bound: what it sends is read, so that no reset overtakes the refusal, and goes nowhere. */
export function refuseConnection(socket: Socket): void {
  closeSoon(socket);
  const error = new GatewayError('overloaded', FULL, { retryAfter: 1_000 });
  const body = openai.errorBody(error, '');
  const head = ['HTTP/1.1 503 Service Unavailable', ...Object.entries(errorHeaders(error)).map((pair) => pair.join(': '))];
  head.push('connection: close', `content-length: ${Buffer.byteLength(body)}`);
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Node keeps the response under way on the socket (`_httpMessage`); its own default handler looks there too. */
function hasBegunAnswer(socket: Duplex): boolean {
  const { _httpMessage: response } = socket as Duplex & { _httpMessage?: { headersSent?: boolean } | null };
  return response?.headersSent === true;
}
