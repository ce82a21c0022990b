/** What an attempt taught, told to the shared state (where it matters) and to the metrics (always). */
import type { ChosenCredential, Outcome } from '../credential/types.js';
import { log } from '../log.js';
import type { AttemptEnd } from './answer-reader.js';
import type { Attempt } from './attempt.js';
import type { RequestContext } from './context.js';
import type { Failure } from './failure.js';
import type { GatewayParts } from './gateway-parts.js';
import { LineRate } from './line-rate.js';

/** Lines a second for failures of one kind at one upstream. */
const failuresLogged = new LineRate(5);
/** Milliseconds. */
const LONGEST_FOR_SILENCE = 10_000;

export function recordAttempt(
  parts: GatewayParts,
  context: RequestContext,
  choice: ChosenCredential,
  attempt: Attempt,
  end: AttemptEnd,
): void {
  const failure = end.kind === 'aborted' ? undefined : end.failure;
  tellStore(parts, choice, attempt, end, failure);
  if (context.trail) context.trail.at(-1)?.end(attempt.status ?? (end.kind === 'failed' ? end.failure.error.code : end.kind));
  parts.metrics.attempt({
    requestId: context.requestId,
    at: Date.now(),
    alias: (context.served ?? context.model)?.name ?? '',
    upstream: choice.upstream,
    credential: choice.credential,
    model: choice.model,
    outcome: end.kind === 'delivered' ? end.outcome : (failure?.kind ?? 'aborted'),
    status: attempt.status,
    duration: performance.now() - attempt.sentAt,
    sticky: choice.sticky,
    trial: choice.trial,
  });
  if (failure && failure.kind !== 'rejected') logFailure(context, choice, attempt, failure);
}

/** Every failure is in the metrics; of those alike the log gets some a second. */
function logFailure(
  { requestId }: RequestContext,
  { upstream, credential }: ChosenCredential,
  { status }: Attempt,
  failure: Failure,
) {
  const { kind, error, logged } = failure;
  const left = failuresLogged.next(`${upstream} ${kind}`, performance.now());
  if (left === undefined) return;
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  const alike = left > 0 ? { notLogged: left } : undefined;
  log.warn({ requestId, upstream, credential, status, kind, cause, ...alike }, logged ?? error.message);
}

/** What took seconds to find out is not tried again after half a second: each trial costs somebody as long. */
function asLongAsItTook({ sentAt }: Attempt, { unanswered }: Failure): number | undefined {
  return unanswered === 'silent' ? Math.min(performance.now() - sentAt, LONGEST_FOR_SILENCE) : undefined;
}

/** An abort before the upstream said yes teaches nothing: the trial is given back. */
function tellStore(
  { store, attempts }: GatewayParts,
  choice: ChosenCredential,
  attempt: Attempt,
  end: AttemptEnd,
  failure: Failure | undefined,
): void {
  const { upstream, credential, model } = choice;
  // Once content had come the trial was over, and passed.
  const trial = choice.trial && !attempt.hasBegun;
  if (failure && failure.kind !== 'rejected') {
    const { kind, atOnce } = failure;
    const retryAfter = failure.retryAfter ?? asLongAsItTook(attempt, failure);
    const made = kind === 'failed' ? attempts.take(upstream, credential, model, performance.now()) : undefined;
    const outcome: Outcome = { upstream, credential, model, kind, retryAfter, atOnce, attempts: made, trial };
    store.report(outcome);
  } else if (trial) {
    const isAnswered = end.kind !== 'aborted' || attempt.status === 200;
    store.report({ upstream, credential, model, kind: isAnswered ? 'ok' : 'unknown', trial });
  }
}
