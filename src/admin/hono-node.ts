/** The door to Hono's Node adapter: web requests and responses for the admin port. Loaded with the first admin request. */
export { getRequestListener, type HttpBindings } from '@hono/node-server';
export { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
