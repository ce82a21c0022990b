/**
 * The headers of an upstream request, built from nothing: what the client sent is only forwarded where a provider
 * defines it, so no credential, cookie, forwarding or hop-by-hop header can slip through.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamProtocol } from '../config.js';

export interface RequestHeaderParts {
  readonly protocol: UpstreamProtocol;
  readonly key: string;
  readonly stream: boolean;
  readonly requestId: string;
  readonly client: IncomingHttpHeaders;
}

const USER_AGENT = 'tidegate';
/** Required (docs.anthropic.com, "Versions"); clients of OpenAI do not send it. */
const ANTHROPIC_VERSION = '2023-06-01';
const FORWARDED: Readonly<Record<UpstreamProtocol, readonly string[]>> = {
  openai: ['openai-beta', 'traceparent', 'tracestate'],
  anthropic: ['anthropic-version', 'anthropic-beta', 'traceparent', 'tracestate'],
};
/** Visible ASCII (RFC 9110 §5.5): nothing that could split a header. */
const SAFE_VALUE = /^[\x20-\x7e]{1,1024}$/;

/** Name, value, name, value. */
export function requestHeaders(parts: RequestHeaderParts): string[] {
  const headers = [
    ...authorization(parts.protocol, parts.key),
    'content-type',
    'application/json',
    'accept',
    parts.stream ? 'text/event-stream' : 'application/json',
    'accept-encoding',
    'identity',
    'user-agent',
    USER_AGENT,
    'x-request-id',
    parts.requestId,
  ];
  for (const name of FORWARDED[parts.protocol]) {
    const value = parts.client[name];
    if (typeof value === 'string' && SAFE_VALUE.test(value)) headers.push(name, value);
    else if (name === 'anthropic-version' && parts.protocol === 'anthropic') headers.push(name, ANTHROPIC_VERSION);
  }
  return headers;
}

function authorization(protocol: UpstreamProtocol, key: string): string[] {
  return protocol === 'anthropic' ? ['x-api-key', key] : ['authorization', `Bearer ${key}`];
}
