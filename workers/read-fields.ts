/** A thread's task: the routing fields of a body too large to be read between two chunks of others. */
import { readRoutingFields as ofMessages } from '../src/protocol/anthropic/index.js';
import { readRoutingFields as ofChat } from '../src/protocol/openai/index.js';
import type { RoutingFields } from '../src/protocol/protocol.js';
import { readRoutingFields as ofResponses } from '../src/protocol/responses/index.js';
import type { FieldAnswer, FieldTask } from '../src/threads/field-task.js';
import { bodyFault } from './body-fault.js';
import { textOf } from './task-body.js';

const READERS: Readonly<Record<FieldTask['protocol'], (text: string) => RoutingFields>> = {
  openai: ofChat,
  anthropic: ofMessages,
  responses: ofResponses,
};

export function readFields({ protocol, body }: FieldTask): FieldAnswer {
  try {
    return { ok: true, fields: READERS[protocol](textOf(body, 'latin1')) };
  } catch (error) {
    return bodyFault(error);
  }
}
