/** What an attempt taught, told to the shared state (where it matters) and to the metrics (always). */
import type { ChosenCredential, Outcome } from '../credential/types.js';
import { log } from '../log.js';
import type { AttemptEnd } from './answer-reader.js';
import type { Attempt } from './attempt.js';
import type { RequestContext } from './context.js';
import type { Failure } from './failure.js';
import type { GatewayParts } from './gateway-parts.js';

export function recordAttempt(
  parts: GatewayParts,
  context: RequestContext,
  choice: ChosenCredential,
  attempt: Attempt,
  end: AttemptEnd,
): void {
  const failure = end.kind === 'aborted' ? undefined : end.failure;
  tellStore(parts, choice, attempt, end, failure);
  parts.metrics.attempt({
    requestId: context.requestId,
    at: Date.now(),
    alias: context.model?.name ?? '',
    upstream: choice.upstream,
    credential: choice.credential,
    model: choice.model,
    outcome: end.kind === 'delivered' ? end.outcome : (failure?.kind ?? 'aborted'),
    status: attempt.status,
    duration: performance.now() - attempt.sentAt,
    sticky: choice.sticky,
    trial: choice.trial,
  });
  if (failure && failure.kind !== 'rejected') {
    const cause = failure.error.cause instanceof Error ? failure.error.cause.message : undefined;
    log.warn(
      {
        requestId: context.requestId,
        upstream: choice.upstream,
        credential: choice.credential,
        status: attempt.status,
        kind: failure.kind,
        cause,
      },
      failure.error.message,
    );
  }
}

/** An abort before the upstream said yes teaches nothing: the lease of a trial runs out by itself. */
function tellStore(
  { store }: GatewayParts,
  choice: ChosenCredential,
  attempt: Attempt,
  end: AttemptEnd,
  failure: Failure | undefined,
): void {
  const { upstream, credential, model, trial } = choice;
  if (failure && failure.kind !== 'rejected') {
    const outcome: Outcome = { upstream, credential, model, kind: failure.kind, retryAfter: failure.retryAfter, trial };
    store.report(outcome);
  } else if (trial && (end.kind !== 'aborted' || attempt.status === 200))
    store.report({ upstream, credential, model, kind: 'ok', trial });
}
