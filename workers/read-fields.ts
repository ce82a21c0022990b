/** A thread's task: the routing fields of a body too large to be read between two chunks of others. */
import { GatewayError } from '../src/errors.js';
import { readRoutingFields } from '../src/protocol/openai/index.js';
import type { FieldAnswer, FieldTask } from '../src/threads/field-task.js';

export function readFields({ protocol, body }: FieldTask): FieldAnswer {
  if (protocol !== 'openai') throw new Error(`no reader for bodies of ${protocol}`);
  try {
    const { buffer, byteOffset, byteLength } = body;
    return { ok: true, fields: readRoutingFields(Buffer.from(buffer, byteOffset, byteLength).toString('latin1')) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { code, message, param } = error;
    return { ok: false, code, message, param };
  }
}
