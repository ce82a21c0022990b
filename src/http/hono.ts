/**
 * The door to Hono, here the router of requests that are answered on Node's own request and response. Hono's Node
 * adapter would make web objects for every request and loads Node's fetch to do so: 35 ms CPU a process at start on
 * Node 20, 60 on 26. The admin port, which is opened rarely, uses it (admin/hono-node.ts).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Hono } from 'hono';

export { type Context, Hono, type MiddlewareHandler } from 'hono';

/** What a handler finds in `context.env`, named as in Hono's own adapter. */
export interface NodeBindings {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** What a handler returns once Node's response is in its hands. Hono asks no more of it than to be there. */
export const ANSWERED = Object.freeze({}) as Response;

/** A listener for `http.createServer` whose handlers all return `ANSWERED`. Of the request the router reads method and path alone. */
export function nodeListener(
  app: Hono<{ Bindings: NodeBindings }>,
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  return (incoming, outgoing) => {
    // As GET: Hono would wrap the answer to HEAD in one without a body, which is Node's business here.
    const method = incoming.method === 'HEAD' ? 'GET' : incoming.method;
    void app.fetch({ method, url: `http://localhost${incoming.url}` } as Request, { incoming, outgoing });
  };
}
