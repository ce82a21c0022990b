/**
 * The request's way, in order: authenticate → take a place → read → parse → choose a session → (choose a credential → relay, by
 * `RequestRun`) → account. One place that catches.
 */
import { GatewayError } from '../errors.js';
import { log } from '../log.js';
import type { RoutingFields } from '../protocol/protocol.js';
import type { OffLoop } from '../threads/piscina-pool.js';
import { account } from './account.js';
import { Admission } from './admission.js';
import type { ClientExchange } from './client-exchange.js';
import type { RequestContext } from './context.js';
import type { Gateway } from './gateway.js';
import { readFields } from './read-fields.js';
import { requestIdOf } from './request-id.js';
import { RequestRun } from './request-run.js';
import type { Route } from './route.js';
import { sessionOf } from './session.js';

/** Serves one request; resolves when it is over and never rejects. */
export async function handle(gateway: Gateway, route: Route, client: ClientExchange): Promise<void> {
  const context = openContext(gateway, route, client);
  const run = new RequestRun(context, gateway.parts);
  gateway.enter(run);
  try {
    context.caller = context.snapshot.authenticator.authenticate(client.headers);
    const place = gateway.takePlace(run, client, context.caller.name);
    // Nearly always free: an await costs a turn of the microtask queue.
    if (place !== undefined) await place;
    const body = client.readBody(context.snapshot.config.server.bodyLimit);
    context.body = body instanceof Promise ? await body : body;
    const parsed = parse(context, gateway.parts.threads);
    if (parsed !== undefined) await parsed;
    if (context.caller.limits) context.admission = new Admission(gateway.parts.store, context, context.caller);
    await run.run();
  } catch (error) {
    answerError(context, run, error);
  } finally {
    run.delivery.close();
    context.admission?.settle();
    gateway.leave(run);
    account(gateway.parts.metrics, context);
  }
}

function openContext(gateway: Gateway, route: Route, client: ClientExchange): RequestContext {
  const { exposeAttempts, trailComment } = gateway.snapshot.config.server;
  return {
    requestId: requestIdOf(client.headers['x-request-id']),
    route,
    client,
    snapshot: gateway.snapshot,
    startedAt: performance.now(),
    attempts: 0,
    trail: exposeAttempts || trailComment ? [] : undefined,
    status: 0,
    outcome: 'error',
  };
}

/** A promise only where a thread reads the body. */
function parse(context: RequestContext, threads: OffLoop | undefined): void | Promise<void> {
  const { caller, body, route, snapshot, client } = context;
  if (!caller || !body) throw new GatewayError('internal_error', 'A request was parsed before it was read.');
  const name = client.headers[snapshot.config.sticky.header];
  const read = readFields(route, body, threads, !!name);
  const take = (fields: RoutingFields): void => {
    context.fields = fields;
    context.model = snapshot.models.resolve(fields.model, caller);
    context.session = sessionOf(caller.namespace, name, fields, snapshot.config.sticky);
  };
  return read instanceof Promise ? read.then(take) : take(read);
}

function answerError(context: RequestContext, run: RequestRun, error: unknown): void {
  if (context.client.closed) {
    context.outcome = 'aborted';
    return;
  }
  if (error instanceof GatewayError) run.delivery.fail(error);
  else {
    log.error({ err: error, requestId: context.requestId }, 'a request failed inside the gateway');
    run.delivery.fail(new GatewayError('internal_error', 'The gateway failed to serve this request.'));
  }
}
