/** A thread's task: a request too large to be converted between two chunks of others. */
import { messages } from '../src/protocol/anthropic/index.js';
import { convertRequest } from '../src/protocol/convert/request.js';
import type { Dialect } from '../src/protocol/middle/dialect.js';
import { chat } from '../src/protocol/openai/index.js';
import { responses } from '../src/protocol/responses/index.js';
import type { ConversionAnswer, ConversionTask } from '../src/threads/conversion-task.js';
import { bodyFault } from './body-fault.js';
import { textOf } from './task-body.js';

const DIALECTS: Readonly<Record<Dialect['name'], Dialect>> = { chat, messages, responses };

export function convertBody({ from, to, body, model }: ConversionTask): ConversionAnswer {
  try {
    return { ok: true, converted: convertRequest(DIALECTS[from], DIALECTS[to], textOf(body, 'utf8'), model) };
  } catch (error) {
    return bodyFault(error);
  }
}
