/** `/v1/messages/count_tokens` where no upstream can be asked: an estimate, and a header that says so. */
import { messages } from '../protocol/anthropic/index.js';
import { estimateTokens } from '../protocol/tokens/estimate.js';
import type { EstimateAnswer } from '../threads/conversion-task.js';
import type { OffLoop } from '../threads/piscina-pool.js';
import type { RequestContext } from './context.js';
import type { Delivery } from './delivery.js';
import { onThread } from './on-thread.js';

/** Bytes that take the event loop about 5 ms to estimate, 20 in the worst case. */
const OFF_LOOP_FROM = 32 * 1024;
const ESTIMATED = { 'content-type': 'application/json', 'x-gateway-estimated': 'true' } as const;

/** Whether an upstream of this model counts tokens itself. */
export function isCountedUpstream({ model, snapshot }: RequestContext): boolean {
  const names = new Set(model?.targets.map(({ upstream }) => upstream));
  return snapshot.config.upstreams.some(({ name, protocol }) => protocol === 'anthropic' && names.has(name));
}

export async function answerEstimate(context: RequestContext, delivery: Delivery, threads: OffLoop | undefined): Promise<void> {
  const tokens = await estimate(context.body ?? Buffer.alloc(0), threads);
  if (context.client.closed) return;
  delivery.answer(200, ESTIMATED, JSON.stringify({ input_tokens: tokens }));
  context.outcome = 'ok';
}

async function estimate(body: Buffer, threads: OffLoop | undefined): Promise<number> {
  if (threads === undefined || body.length < OFF_LOOP_FROM) return estimateHere(body);
  const answer = await onThread<Extract<EstimateAnswer, { ok: true }>>(threads, 'estimateBody', { body });
  return answer?.tokens ?? estimateHere(body);
}

function estimateHere(body: Buffer): number {
  return estimateTokens(messages, body.toString('utf8'));
}
