/** CHOOSE, RELAY, and again: the attempts of one request, until the client has an answer or nothing is left to try. */
import type { ChosenCredential, CredentialKey, NoCredential } from '../credential/types.js';
import { GatewayError } from '../errors.js';
import type { AttemptEnd } from './answer-reader.js';
import { type Asked, askedOf } from './asked.js';
import { Attempt } from './attempt.js';
import type { ClientListener } from './client-exchange.js';
import type { RequestContext } from './context.js';
import { answerEstimate, isCountedUpstream } from './count-tokens.js';
import { CredentialSlot } from './credential-slot.js';
import type { Watched } from './deadlines.js';
import { Delivery } from './delivery.js';
import type { Failure } from './failure.js';
import type { GatewayParts } from './gateway-parts.js';
import { recordAttempt } from './record-attempt.js';
import { COUNT_TOKENS, RESPONSES } from './route.js';
import { responseSession } from './session.js';
import type { UpstreamEntry } from './upstream-table.js';

export class RequestRun implements Watched, ClientListener {
  readonly delivery: Delivery;
  /** Whether it is one of those that are served at once. */
  hasPlace = false;
  readonly #context: RequestContext;
  readonly #parts: GatewayParts;
  readonly #tried: CredentialKey[] = [];
  /** The first is the primary's: what a fallback makes of the request is not for the caller. */
  #firstFailure: Failure | undefined;
  #lastFailure: Failure | undefined;
  #firstUpstream: string | undefined;
  #attempt: Attempt | undefined;
  /** Of the credential that is being tried, where it has a cap. */
  #slot: CredentialSlot | undefined;
  #interrupted = false;
  #askedAgain = false;

  constructor(context: RequestContext, parts: GatewayParts) {
    this.#context = context;
    this.#parts = parts;
    this.delivery = new Delivery(context, parts.metrics.tallies);
  }

  /** Runs to the end; the client has been answered or is gone when it resolves. */
  async run(): Promise<void> {
    this.#context.client.listener = this;
    this.#parts.deadlines.add(this);
    this.#parts.budget.deposit();
    try {
      if (this.#context.route === COUNT_TOKENS && !isCountedUpstream(this.#context)) {
        await this.#context.admission?.ask();
        await this.#estimate();
      } else while (await this.#tryNext());
    } finally {
      this.#slot?.give();
      this.#parts.deadlines.remove(this);
      this.#context.client.listener = null;
    }
  }

  /** Bytes of its answer that wait to go out. */
  get held(): number {
    return this.#attempt?.held ?? 0;
  }

  /** Bytes that its end would set free. */
  get weight(): number {
    const { body, client } = this.#context;
    return (body?.length ?? 0) + this.held + client.unsent;
  }

  onDrain(): void {
    this.#attempt?.onDrain();
  }

  onClose(): void {
    this.#context.outcome = 'aborted';
    this.#attempt?.abort();
  }

  get takesComments(): boolean {
    return this.delivery.takesComments;
  }

  check(now: number): void {
    const { timeouts, server } = this.#context.snapshot.config;
    if (now - this.#context.startedAt > timeouts.total) {
      this.interrupt(new GatewayError('upstream_timeout', 'The request took longer than this gateway allows.'));
      return;
    }
    this.#attempt?.check(now);
    if (this.#isSilent(now, server.heartbeat)) this.delivery.heartbeat(now);
  }

  /** Ends it now with an error: its time is up, or the process must leave. */
  interrupt(error: GatewayError): void {
    if (this.#interrupted) return;
    this.#interrupted = true;
    this.#context.outcome = this.delivery.state === 'content' ? 'incomplete' : 'error';
    this.delivery.fail(error);
    this.#attempt?.abort();
  }

  #isSilent(now: number, heartbeat: number): boolean {
    const { state, insideEvent, lastSentAt } = this.delivery;
    const isStream = this.#context.fields?.stream === true && this.#context.route.createObserver !== undefined;
    return (
      isStream &&
      heartbeat > 0 &&
      state !== 'ended' &&
      !insideEvent &&
      !this.#interrupted &&
      now - lastSentAt >= heartbeat &&
      !this.#context.client.closed
    );
  }

  /** One attempt. True: another follows. */
  async #tryNext(): Promise<boolean> {
    const { store, upstreams } = this.#parts;
    const { model, fields, session, admission } = this.#context;
    const asked = store.choose({
      alias: model?.name ?? '*',
      model: fields?.model ?? '',
      session,
      // A first choice excludes nothing: the store may answer it from what it knows.
      exclude: this.#tried.length > 0 ? this.#tried : undefined,
      pinned: fields?.previousResponseId === undefined ? undefined : true,
      admit: admission?.question(),
    });
    const choice = asked instanceof Promise ? await asked : asked;
    this.#slot?.give();
    this.#slot = choice.found && choice.slot !== undefined ? new CredentialSlot(store, choice) : undefined;
    admission?.hear(choice.verdict);
    if (this.#isOver) return false;
    if (!choice.found) return this.#giveUp(choice);
    const upstream = upstreams.get(choice.upstream);
    const key = upstream?.credentials.get(choice.credential)?.key;
    this.#tried.push(`${choice.upstream}/${choice.credential}`);
    // The store is ahead of this worker in a reload: that credential is not known here (any more).
    if (!upstream || key === undefined)
      return this.#tried.length < MOST_UNKNOWN || this.#giveUp({ found: false, reason: 'none' });
    if (this.#context.route === COUNT_TOKENS && upstream.config.protocol !== 'anthropic') return this.#estimate();
    const end = await this.#ask(choice, upstream, key);
    this.#slot?.give();
    return this.#goesOn(choice, end);
  }

  async #estimate(): Promise<false> {
    await answerEstimate(this.#context, this.delivery, this.#parts.threads);
    return false;
  }

  /** In the client's own form where the upstream may offer it; once more in chat's where it turns out not to. */
  async #ask(choice: ChosenCredential, upstream: UpstreamEntry, key: string): Promise<AttemptEnd> {
    const asked = await this.#convert(choice, upstream);
    const end = await this.#send(choice, upstream, key, asked);
    if (asked.route !== RESPONSES || upstream.config.api !== 'auto' || !isUnknownPath(end) || this.#isOver) return end;
    upstream.offers.lacksResponses();
    return this.#send(choice, upstream, key, await this.#convert(choice, upstream));
  }

  async #convert(choice: ChosenCredential, upstream: UpstreamEntry): Promise<Asked> {
    const asked = await askedOf(this.#context, choice, upstream, this.#parts.threads);
    this.#context.dropped = asked.dropped;
    return asked;
  }

  async #send(choice: ChosenCredential, upstream: UpstreamEntry, key: string, asked: Asked): Promise<AttemptEnd> {
    const context = this.#context;
    if (this.#isOver) return { kind: 'aborted' };
    context.attempts++;
    context.upstream = choice.upstream;
    context.credential = choice.credential;
    this.#firstUpstream ??= choice.upstream;
    const { tallies } = this.#parts.metrics;
    const onKept = (id: string) => this.#bind(choice, id);
    this.#attempt = new Attempt({
      context,
      delivery: this.delivery,
      tallies,
      choice,
      upstream,
      key,
      asked,
      onKept,
      slot: this.#slot,
    });
    const end = await this.#attempt.end;
    recordAttempt(this.#parts, context, choice, this.#attempt, end);
    this.#attempt = undefined;
    return end;
  }

  #goesOn(choice: ChosenCredential, end: AttemptEnd): boolean {
    if (end.kind !== 'failed') {
      this.#context.usage = end.usage;
      if (end.kind === 'delivered') this.#context.outcome = end.outcome;
      return false;
    }
    if (this.#isOver) return false;
    this.#firstFailure ??= end.failure;
    this.#lastFailure = end.failure;
    if (end.failure.kind === 'rejected')
      return this.#answerFailure(choice.upstream === this.#firstUpstream ? end.failure : this.#firstFailure, false);
    if (this.#context.attempts >= this.#context.snapshot.config.retry.attempts) return this.#answerFailure(end.failure, true);
    if (this.#parts.budget.withdraw(performance.now())) return true;
    this.#parts.metrics.tallies.retriesDenied++;
    return this.#answerFailure(end.failure, true);
  }

  /** Who goes on from the answer that the upstream keeps as `id` must be sent where it was made. */
  #bind(choice: ChosenCredential, id: string): void {
    const { caller, model, fields } = this.#context;
    if (!caller || !model || !fields) return;
    const session = responseSession(caller.namespace, id);
    this.#parts.store.bind({ alias: model.name, model: fields.model, session }, choice);
  }

  get #isOver(): boolean {
    return this.#interrupted || this.#context.client.closed;
  }

  /** A broken connection is no reason to fail where there is no other credential: the same one is asked once more. */
  #mayAskAgain(): boolean {
    if (this.#askedAgain || !this.#lastFailure?.broken) return false;
    this.#askedAgain = true;
    this.#tried.length = 0;
    return true;
  }

  /** Nobody left to ask. */
  #giveUp(none: NoCredential): boolean {
    if (this.#mayAskAgain()) return true;
    if (this.#lastFailure) return this.#answerFailure(this.#lastFailure, true);
    this.#context.outcome = 'error';
    const { retryAfter } = none;
    if (none.reason === 'busy') {
      this.delivery.fail(
        new GatewayError('overloaded', 'Every credential for this model is at its cap of requests.', { retryAfter }),
      );
      return false;
    }
    if (none.rest === 'rate-limited')
      this.delivery.fail(
        new GatewayError('rate_limit_exceeded', 'Every credential for this model is rate limited.', { retryAfter }),
      );
    else
      this.delivery.fail(
        new GatewayError('no_credential_available', 'No credential for this model is available.', { retryAfter }),
      );
    return false;
  }

  /** `spent`: the gateway has tried what it may, so a client's own retries would only multiply the load. */
  #answerFailure(failure: Failure, spent: boolean): false {
    this.#context.outcome = 'error';
    const headers: Record<string, string> = spent && this.#context.attempts > 1 ? { 'x-should-retry': 'false' } : {};
    if (failure.answer) this.delivery.failWith(failure.answer, failure.error, headers);
    else this.delivery.fail(failure.error, headers);
    return false;
  }
}

/** Unknown credentials skipped for one request before it is refused. */
const MOST_UNKNOWN = 16;

/** 404 or 405 for the path itself; a model that is not there is said by its code. */
function isUnknownPath(end: AttemptEnd): boolean {
  const answer = end.kind === 'failed' ? end.failure.answer : undefined;
  return (answer?.status === 404 || answer?.status === 405) && answer.body?.code !== 'model_not_found';
}
