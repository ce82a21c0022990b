/** PARSE: the routing fields of a body, on the event loop where that is quick and on a thread where it is not. */
import type { RoutingFields } from '../protocol/protocol.js';
import type { FieldAnswer, FieldTask } from '../threads/field-task.js';
import type { OffLoop } from '../threads/piscina-pool.js';
import { onThread } from './on-thread.js';
import type { Route } from './route.js';

/** Bytes from which on the way to the thread and back is worth it: docs/decisions/0008-off-loop.md. */
export const OFF_LOOP_FROM = 512 * 1024;

/**
 * `isNamed`: the session has a name, its prompt is not looked at. A thread that fails only costs the time it took: the body is shared, not given away, and is then read here.
 * @throws GatewayError for a body that names no model or is no JSON object.
 */
export function readFields(
  route: Route,
  body: Buffer,
  threads: OffLoop | undefined,
  isNamed = false,
): RoutingFields | Promise<RoutingFields> {
  if (threads === undefined || body.length < OFF_LOOP_FROM) return readHere(route, body, isNamed);
  return readElsewhere(route, body, threads);
}

function readHere(route: Route, body: Buffer, isNamed = false): RoutingFields {
  return route.readRoutingFields(body.toString('latin1'), isNamed);
}

async function readElsewhere(route: Route, body: Buffer, threads: OffLoop): Promise<RoutingFields> {
  const task: FieldTask = { protocol: route.protocol.name, body };
  const answer = await onThread<Extract<FieldAnswer, { ok: true }>>(threads, 'readFields', task);
  return answer?.fields ?? readHere(route, body);
}
