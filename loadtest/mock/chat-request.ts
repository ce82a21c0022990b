import type { IncomingMessage } from 'node:http';

/** What the mock reads of a request, whichever API it is for. */
export interface ChatRequest {
  model: string;
  stream: boolean;
  includeUsage: boolean;
  session: string;
  promptTokens: number;
  /** The parsed body itself. */
  body: Record<string, unknown>;
}

/** Reads a parsed body and the headers; undefined when the body is no object or names no model. */
export function readChatRequest(parsed: unknown, request: IncomingMessage): ChatRequest | undefined {
  if (!isRecord(parsed) || typeof parsed['model'] !== 'string') return undefined;
  const options = parsed['stream_options'];
  return {
    model: parsed['model'],
    stream: parsed['stream'] === true,
    includeUsage: isRecord(options) && options['include_usage'] === true,
    session: sessionOf(parsed, request),
    promptTokens: Math.max(1, Math.ceil((JSON.stringify(parsed['messages'] ?? parsed['input']) ?? '').length / 4)),
    body: parsed,
  };
}

/** The key that came with a request: bearer token, `x-api-key` or `api-key`. */
export function keyOf(request: IncomingMessage): string {
  const { authorization } = request.headers;
  const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  return bearer ?? textOf(request.headers['x-api-key']) ?? textOf(request.headers['api-key']) ?? '';
}

function sessionOf(body: Record<string, unknown>, request: IncomingMessage): string {
  const metadata = body['metadata'];
  const candidates = [
    request.headers['x-session-id'],
    body['prompt_cache_key'],
    body['user'],
    isRecord(metadata) ? metadata['user_id'] : undefined,
  ];
  return candidates.map(textOf).find((text) => text !== undefined) ?? '';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 512) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
