import { createHash, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Rotation } from './rotation.js';

/** What the gateway is made of. */
export interface AppParts {
  /** Base URL, without a slash at its end. */
  upstream: string;
  /** The key that clients must send. */
  clientKey: string;
  rotation: Rotation;
}

const MAX_BODY = 32 * 2 ** 20;
/** What may pass; everything else stays on its own side. */
const REQUEST_HEADERS = ['accept', 'content-type'];
const RESPONSE_HEADERS = ['cache-control', 'content-type', 'retry-after', 'x-request-id'];

/** The routes: health for everyone, the rest with the client key. */
export function createApp({ upstream, clientKey, rotation }: AppParts): Hono {
  const app = new Hono();
  app.get('/health', (context) => context.json({ status: 'ok' }));
  const expected = digest(clientKey);
  app.use('/v1/*', async (context, next) => {
    const [scheme, key = ''] = (context.req.header('authorization') ?? '').split(' ', 2);
    // Digests have one length, so that neither content nor length of the key shows in the time taken.
    if (scheme !== 'Bearer' || !timingSafeEqual(digest(key), expected))
      return errorAnswer(context, 401, 'invalid_api_key', 'The API key is missing or wrong.');
    return next();
  });
  app.use('/v1/*', bodyLimit({ maxSize: MAX_BODY }));
  const serve = (context: Context): Promise<Response> => relay(context, upstream, rotation);
  app.post('/v1/chat/completions', serve).post('/v1/embeddings', serve).get('/v1/models', serve);
  return app;
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

async function relay(context: Context, upstream: string, rotation: Rotation): Promise<Response> {
  const request = context.req;
  const body = request.method === 'POST' ? await request.arrayBuffer() : undefined;
  const headers = pick(request.raw.headers, REQUEST_HEADERS);
  headers.set('authorization', `Bearer ${rotation.choose(request.header('x-session-id') || sessionIn(body), Date.now())}`);
  try {
    // A client that leaves aborts the request's signal and with it the upstream's answer.
    const answer = await fetch(upstream + request.path, { method: request.method, headers, body, signal: request.raw.signal });
    return new Response(answer.body, { status: answer.status, headers: pick(answer.headers, RESPONSE_HEADERS) });
  } catch {
    return errorAnswer(context, 502, 'upstream_unreachable', 'The upstream could not be reached.');
  }
}

function pick(from: Headers, names: readonly string[]): Headers {
  const picked = new Headers();
  for (const name of names) {
    const value = from.get(name);
    if (value !== null) picked.set(name, value);
  }
  return picked;
}

/** The session that a body names; the body is parsed only when no header does. One that is no JSON is for the upstream to refuse. */
function sessionIn(body: ArrayBuffer | undefined): string | undefined {
  if (!body) return undefined;
  try {
    const { prompt_cache_key: cacheKey, user } = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
    return [cacheKey, user].find((value) => typeof value === 'string' && value !== '') as string | undefined;
  } catch {
    return undefined;
  }
}

function errorAnswer(context: Context, status: 401 | 502, code: string, message: string): Response {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return context.json({ error: { message, type, param: null, code } }, status);
}
