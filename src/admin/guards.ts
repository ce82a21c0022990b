/** The steps every admin request passes before its handler: headers, host, key, no cross-site changes. */
import type { Context, MiddlewareHandler } from '../http/hono.js';
import { changeRefusal, hostFits, keyFits } from './admission.js';
import type { ClusterView } from './cluster-view.js';

/** Only the page's own files, and nobody may frame it. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': PAGE_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Statuses that the admin port says no with. */
export type Refusal = 400 | 401 | 403 | 404 | 405 | 409 | 415 | 422 | 500 | 503;

/** The one shape of an error on the admin port. */
export function refuse(context: Context, status: Refusal, code: string, message: string): Response {
  return context.json({ error: { code, message } }, status);
}

export const securityHeaders: MiddlewareHandler = async (context, next) => {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value);
  await next();
};

export function onlyKnownHosts(boundTo: string): MiddlewareHandler {
  return async (context, next) => {
    if (hostFits(context.req.header('host'), boundTo)) return next();
    return refuse(
      context,
      403,
      'unknown_host',
      'The admin port is bound to loopback and answers to localhost, 127.0.0.1 and [::1] only.',
    );
  };
}

/** The key is read at each request, so a reload changes it at once. */
export function onlyWithKey(cluster: ClusterView): MiddlewareHandler {
  return async (context, next) => {
    const { key } = cluster.config.admin;
    if (key === undefined || keyFits(context.req.header('authorization'), key)) return next();
    context.header('www-authenticate', 'Bearer realm="tidegate admin"');
    return refuse(context, 401, 'invalid_key', 'This needs the admin key: Authorization: Bearer …');
  };
}

export const onlyOwnChanges: MiddlewareHandler = async (context, next) => {
  if (context.req.method === 'GET') return next();
  const header = (name: string) => context.req.header(name);
  const refusal = changeRefusal({
    host: header('host'),
    origin: header('origin'),
    fetchSite: header('sec-fetch-site'),
    contentType: header('content-type'),
  });
  if (refusal === 'cross-site')
    return refuse(context, 403, 'cross_site', 'Changes are accepted from this page and from programs only.');
  if (refusal === 'content-type') return refuse(context, 415, 'content_type', 'Send application/json or no body.');
  return next();
};
