/** The data plane's routes: a table of contents. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../errors.js';
import type { Gateway } from '../gateway/gateway.js';
import { handle } from '../gateway/handle.js';
import { ROUTES, type Route } from '../gateway/route.js';
import { log } from '../log.js';
import { dataHealth, type HealthSource } from './health.js';
import { ANSWERED, type Context, Hono, type NodeBindings } from './hono.js';
import { listModels, showModel } from './models.js';
import { type ExchangeHost, NodeExchange } from './node-exchange.js';
import { refuse } from './refusals.js';

type App = Hono<{ Bindings: NodeBindings }>;
type AppContext = Context<{ Bindings: NodeBindings }>;

/** What answers a request on Node's own objects. */
type NodeHandler = (request: IncomingMessage, response: ServerResponse, context: AppContext) => void;

/** The process that the routes serve in. */
export type Serving = HealthSource & ExchangeHost;

export function createApp(gateway: Gateway, serving: Serving): App {
  const app: App = new Hono();
  // Whatever has no handler of its own. Apart, since two handlers that match one request cost Hono a chain of promises: 12 µs a request.
  const others: App = new Hono();
  const serve =
    (route: Route): NodeHandler =>
    (request, response) =>
      void handle(gateway, route, new NodeExchange(request, response, serving));

  const route = (method: 'GET' | 'POST', path: string, handler: NodeHandler): void => {
    app.on(method, path, onNode(handler));
    others.all(path, onNode(wrongMethod(method)));
  };
  for (const each of ROUTES) route('POST', each.path, serve(each));
  route('GET', '/v1/models', (request, response) => listModels(gateway, request, response));
  route('GET', '/v1/models/:id{.+}', (request, response, context) =>
    showModel(gateway, request, response, context.req.param('id') ?? ''),
  );
  route('GET', '/health', (_request, response) => dataHealth(serving, response));
  others.all('*', onNode(unknownPath));
  app.notFound((context) => others.fetch(context.req.raw, context.env));
  app.onError((error, context) => {
    log.error({ err: error }, 'a route failed');
    return onNode((request, response) => {
      if (response.headersSent) response.destroy();
      else refuse(request, response, new GatewayError('internal_error', 'The gateway failed to serve this request.'));
    })(context);
  });
  return app;
}

/** For every method of a path but the one that it has. */
function wrongMethod(method: 'GET' | 'POST'): NodeHandler {
  const allow = method === 'GET' ? 'GET, HEAD' : method;
  return (request, response) =>
    refuse(request, response, new GatewayError('method_not_allowed', `Use ${method} here.`), { allow });
}

const unknownPath: NodeHandler = (request, response) =>
  refuse(request, response, new GatewayError('unknown_url', 'This path does not exist here.'));

/** Answers go straight to Node's response: Hono routes, nothing of it stands in the stream's way. */
function onNode(handler: NodeHandler) {
  return (context: AppContext): Response => {
    handler(context.env.incoming, context.env.outgoing, context);
    return ANSWERED;
  };
}
