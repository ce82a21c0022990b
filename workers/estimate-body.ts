/** A thread's task: the tokens of a request too large to be estimated between two chunks of others. */
import { messages } from '../src/protocol/anthropic/index.js';
import { estimateTokens } from '../src/protocol/tokens/estimate.js';
import type { EstimateAnswer, EstimateTask } from '../src/threads/conversion-task.js';
import { bodyFault } from './body-fault.js';
import { textOf } from './task-body.js';

export function estimateBody({ body }: EstimateTask): EstimateAnswer {
  try {
    return { ok: true, tokens: estimateTokens(messages, textOf(body, 'utf8')) };
  } catch (error) {
    return bodyFault(error);
  }
}
