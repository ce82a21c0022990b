import type { RoutingFields } from '../protocol/protocol.js';

/** The body asking for `model`: the very same bytes where the name stays, else all but the name's own. */
export function withModel(body: Buffer, fields: RoutingFields | undefined, model: string): Buffer {
  if (!fields || fields.model === model) return body;
  const { start, end } = fields.modelSpan;
  return Buffer.concat([body.subarray(0, start), Buffer.from(JSON.stringify(model)), body.subarray(end)]);
}
