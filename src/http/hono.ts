/** The door to Hono and its Node adapter. */
export { getRequestListener, type HttpBindings } from '@hono/node-server';
export { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
export { type Context, Hono, type MiddlewareHandler } from 'hono';
