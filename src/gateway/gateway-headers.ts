/** Response headers that the gateway adds. */
import type { GatewayError } from '../errors.js';
import type { RequestContext } from './context.js';

/** On every answer. */
export function attemptHeaders(context: RequestContext): Record<string, string> {
  const headers: Record<string, string> = { 'x-request-id': context.requestId, 'x-gateway-attempts': String(context.attempts) };
  if (context.snapshot.config.server.exposeAttempts && context.credential) headers['x-gateway-credential'] = context.credential;
  if (context.dropped !== undefined && context.dropped.length > 0) headers['x-gateway-dropped'] = context.dropped.join(',');
  return headers;
}

/** On an answer that the gateway makes itself. */
export function errorHeaders(error: GatewayError): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (error.status === 401) headers['www-authenticate'] = 'Bearer';
  if (error.retryAfter !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfter / 1000)));
  return headers;
}
