/** The admin port's table of contents. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Context, Hono } from '../http/hono.js';
import { mergeMetrics } from '../metrics/merge.js';
import { Api } from './api.js';
import { readAssets } from './assets.js';
import type { ClusterView } from './cluster-view.js';
import { onlyKnownHosts, onlyOwnChanges, onlyWithKey, refuse, securityHeaders } from './guards.js';
import { healthOf, missingParts } from './health.js';
import { getRequestListener, type HttpBindings, RESPONSE_ALREADY_SENT } from './hono-node.js';
import type { LiveFeed } from './live-feed.js';

export interface AdminParts {
  readonly cluster: ClusterView;
  readonly feed: LiveFeed;
  /** The address that the port is bound to. */
  readonly host: string;
  readonly onFault: (error: Error) => void;
}

type AdminContext = Context<{ Bindings: HttpBindings }>;
type Handler = (context: AdminContext) => Response | Promise<Response>;
type Route = readonly ['GET' | 'POST', string, Handler];

/** Node's listener for the admin port. */
export function createAdminListener(parts: AdminParts): (request: IncomingMessage, response: ServerResponse) => void {
  const listener = getRequestListener(createAdminApp(parts).fetch, { overrideGlobalObjects: false });
  return (request, response) => void listener(request, response);
}

function createAdminApp(parts: AdminParts): Hono<{ Bindings: HttpBindings }> {
  const { cluster, feed } = parts;
  const api = new Api(cluster);
  const assets = lazy(readAssets);
  const page: Handler = (context) => {
    const asset = assets().get(context.req.param('name') ?? 'page.html');
    return asset ? context.body(asset.text, 200, { 'content-type': asset.type }) : notFound(context);
  };

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(securityHeaders, onlyKnownHosts(parts.host), onlyOwnChanges);
  addRoutes(app, [
    ['GET', '/', page],
    ['GET', '/page/:name', page],
    ['GET', '/health', (context) => health(context, cluster)],
    ['GET', '/ready', (context) => ready(context, cluster)],
  ]);

  app.use(onlyWithKey(cluster));
  addRoutes(app, [
    ['GET', '/metrics', (context) => metrics(context, cluster)],
    ['GET', '/api/workers', (context) => api.workers(context)],
    ['GET', '/api/credentials', (context) => api.credentials(context)],
    ['POST', '/api/credentials/:upstream/:credential/pause', (context) => api.setPaused(context, true)],
    ['POST', '/api/credentials/:upstream/:credential/resume', (context) => api.setPaused(context, false)],
    ['GET', '/api/sessions', (context) => api.sessions(context)],
    ['GET', '/api/usage', (context) => api.usage(context)],
    ['GET', '/api/attempts', (context) => api.attempts(context)],
    ['GET', '/api/config', (context) => api.config(context)],
    ['POST', '/api/restart', (context) => api.restart(context)],
    ['POST', '/api/reload', (context) => api.reload(context)],
    ['POST', '/api/collect-garbage', (context) => api.collectGarbage(context)],
    ['GET', '/api/events', (context) => events(context, feed)],
  ]);
  app.notFound(notFound);
  app.onError((error, context) => {
    parts.onFault(error);
    return refuse(context, 500, 'internal_error', 'The admin port could not answer this.');
  });
  return app;
}

/** Each route, then 405 for the same path with another method. */
function addRoutes(app: Hono<{ Bindings: HttpBindings }>, routes: readonly Route[]): void {
  for (const [method, path, handler] of routes) app.on(method, path, handler);
  for (const [method, path] of routes) {
    app.all(path, (context) => {
      context.header('allow', method === 'GET' ? 'GET, HEAD' : method);
      return refuse(context, 405, 'method_not_allowed', `Use ${method} here.`);
    });
  }
}

function notFound(context: Context): Response {
  return refuse(context, 404, 'not_found', 'There is nothing at this path.');
}

function health(context: AdminContext, cluster: ClusterView): Response {
  const report = healthOf(cluster);
  return context.json(report, report.status === 'ok' ? 200 : 503);
}

function ready(context: AdminContext, cluster: ClusterView): Response {
  const missing = missingParts(cluster);
  return context.json({ ready: missing.length === 0, missing }, missing.length === 0 ? 200 : 503);
}

async function metrics(context: AdminContext, cluster: ClusterView): Promise<Response> {
  // prom-client takes 25 ms to load: not before somebody scrapes.
  const [{ METRICS_CONTENT_TYPE, writeMetrics }, snapshots] = await Promise.all([
    import('../metrics/registry.js'),
    cluster.metrics(),
  ]);
  return context.body(await writeMetrics(mergeMetrics(snapshots)), 200, { 'content-type': METRICS_CONTENT_TYPE });
}

function events(context: AdminContext, feed: LiveFeed): Response {
  if (feed.watch(context.env.outgoing)) return RESPONSE_ALREADY_SENT;
  return refuse(context, 503, 'too_many_pages', 'Too many dashboards are open.');
}

function lazy<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
