/** ASK: one credential, in the client's own form where its upstream may offer it; once more in chat's where it turns out not to. */
import { GatewayError } from '../errors.js';
import type { AttemptEnd } from './answer-reader.js';
import { type Asked, askedOf } from './asked.js';
import { Attempt, type AttemptParts } from './attempt.js';
import { unsendable } from './failure.js';
import type { GatewayParts } from './gateway-parts.js';
import { recordAttempt } from './record-attempt.js';
import { RESPONSES } from './route.js';
import { TrailEntry } from './trail.js';

/** Resolves with how it ended; nothing is sent once its owner is over. */
export async function ask(parts: AttemptParts, shared: GatewayParts): Promise<AttemptEnd> {
  const { upstream, owner } = parts;
  const asked = await converted(parts, shared);
  if ('kind' in asked) return asked;
  const end = await send(parts, asked, shared);
  if (asked.route !== RESPONSES || upstream.config.api !== 'auto' || !isUnknownPath(end) || owner.isOver) return end;
  upstream.offers.lacksResponses();
  const inChat = await converted(parts, shared);
  return 'kind' in inChat ? inChat : send(parts, inChat, shared);
}

/** What cannot be said to one upstream may well be said to another. */
async function converted({ context, choice, upstream }: AttemptParts, { threads }: GatewayParts): Promise<Asked | AttemptEnd> {
  try {
    const asked = await askedOf(context, choice, upstream, threads);
    context.dropped = asked.dropped;
    return asked;
  } catch (error) {
    if (!(error instanceof GatewayError) || error.status !== 400) throw error;
    return { kind: 'failed', failure: unsendable(error) };
  }
}

async function send(parts: AttemptParts, asked: Asked, shared: GatewayParts): Promise<AttemptEnd> {
  const { context, choice, owner } = parts;
  if (owner.isOver) return { kind: 'aborted' };
  context.attempts++;
  context.upstream = choice.upstream;
  context.credential = choice.credential;
  const attempt = new Attempt(parts, asked);
  owner.onSent(attempt, choice);
  const { sentAt } = attempt;
  shared.attempts.add(choice.upstream, choice.credential, choice.model, sentAt);
  context.trail?.push(new TrailEntry(choice.upstream, choice.credential, sentAt));
  const end = await attempt.end;
  recordAttempt(shared, context, choice, attempt, end);
  return end;
}

/** 404 or 405 for the path itself; a model that is not there is said by its code. */
function isUnknownPath(end: AttemptEnd): boolean {
  const answer = end.kind === 'failed' ? end.failure.answer : undefined;
  return (answer?.status === 404 || answer?.status === 405) && answer.body?.code !== 'model_not_found';
}
