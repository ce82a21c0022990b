/** CHOOSE, RELAY, and again: the attempts of one request, until the client has an answer or nothing is left to try. */
import type { Choice, ChosenCredential, NoCredential } from '../credential/types.js';
import { GatewayError } from '../errors.js';
import { readHeadroom } from '../upstream/headroom.js';
import type { UpstreamHeaders } from '../upstream/upstream.js';
import type { AttemptEnd } from './answer-reader.js';
import { type Asked, askedOf } from './asked.js';
import { Attempt, type AttemptOwner } from './attempt.js';
import { Candidates } from './candidates.js';
import type { ClientListener } from './client-exchange.js';
import type { RequestContext } from './context.js';
import { answerEstimate, isCountedUpstream } from './count-tokens.js';
import { CredentialSlot } from './credential-slot.js';
import type { Watched } from './deadlines.js';
import { Delivery } from './delivery.js';
import { type Failure, unsendable } from './failure.js';
import type { GatewayParts } from './gateway-parts.js';
import { LastWord } from './last-word.js';
import { nobodyFree } from './nobody-free.js';
import { pauseBefore } from './pause.js';
import { recordAttempt } from './record-attempt.js';
import { COUNT_TOKENS, RESPONSES } from './route.js';
import { responseSession } from './session.js';
import { TrailEntry } from './trail.js';
import type { UpstreamEntry } from './upstream-table.js';

export class RequestRun implements Watched, ClientListener, AttemptOwner {
  readonly delivery: Delivery;
  /** Whether it is one of those that are served at once. */
  hasPlace = false;
  readonly #context: RequestContext;
  readonly #parts: GatewayParts;
  readonly #candidates: Candidates;
  readonly #word = new LastWord();
  /** The first refusal to say the request in an upstream's form. */
  #unsendable: Failure | undefined;
  #first: ChosenCredential | undefined;
  #attempt: Attempt | undefined;
  /** Of the credential that is being tried, where it has a cap. */
  #slot: CredentialSlot | undefined;
  #interrupted = false;
  #askedAgain = false;

  constructor(context: RequestContext, parts: GatewayParts) {
    this.#context = context;
    this.#parts = parts;
    this.delivery = new Delivery(context, parts.metrics.tallies);
    this.#candidates = new Candidates(context, parts.upstreams);
  }

  /** Runs to the end; the client has been answered or is gone when it resolves. */
  async run(): Promise<void> {
    this.#context.client.listener = this;
    this.#parts.deadlines.add(this);
    this.#parts.store.retries.deposit();
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

  onAnswered(choice: ChosenCredential, { config }: UpstreamEntry, headers: UpstreamHeaders): void {
    const retryAfter = readHeadroom(config.protocol, headers);
    if (retryAfter === undefined) return;
    const { upstream, credential, model } = choice;
    this.#parts.store.report({ upstream, credential, model, kind: 'spent', retryAfter });
  }

  onBegun({ upstream, credential, model, trial }: ChosenCredential): void {
    if (trial) this.#parts.store.report({ upstream, credential, model, kind: 'ok', trial });
  }

  /** Who goes on from the answer that the upstream keeps as `id` must be sent where it was made. */
  onKept(choice: ChosenCredential, id: string): void {
    const { caller } = this.#context;
    if (caller) this.#bind(choice, responseSession(caller.namespace, id));
  }

  /** One attempt. True: another follows. */
  async #tryNext(): Promise<boolean> {
    const { store, upstreams } = this.#parts;
    const { fields, session, admission } = this.#context;
    const asked = store.choose({
      ...this.#candidates.asking,
      session,
      exclude: this.#candidates.exclude,
      pinned: fields?.previousResponseId === undefined ? undefined : true,
      admit: admission?.question(),
    });
    const choice = asked instanceof Promise ? await this.#awaited(asked) : asked;
    this.#slot?.give();
    this.#slot = choice.found && choice.slot !== undefined ? new CredentialSlot(store, choice) : undefined;
    admission?.hear(choice.verdict);
    if (!choice.found) return !this.#isOver && this.#nobody(choice);
    if (this.#isOver) return this.#unused(choice);
    const upstream = upstreams.get(choice.upstream);
    const key = upstream?.credentials.get(choice.credential)?.key;
    this.#candidates.pass(choice);
    // The store is ahead of this worker in a reload: that credential is not known here (any more).
    if (!upstream || key === undefined)
      return this.#candidates.tried < MOST_UNKNOWN || this.#giveUp({ found: false, reason: 'none' });
    if (this.#context.route === COUNT_TOKENS && upstream.config.protocol !== 'anthropic') {
      this.#unused(choice);
      return this.#estimate();
    }
    const end = await this.#ask(choice, upstream, key);
    this.#slot?.give();
    return this.#goesOn(choice, end);
  }

  /** A choice that the store was asked for, which is measured. */
  async #awaited(asked: Promise<Choice>): Promise<Choice> {
    const began = performance.now();
    const choice = await asked;
    this.#parts.metrics.observeStore((performance.now() - began) / 1000);
    return choice;
  }

  /** A choice that nothing was sent to: somebody else may have its trial. */
  #unused({ upstream, credential, model, trial }: ChosenCredential): false {
    if (trial) this.#parts.store.report({ upstream, credential, model, kind: 'unknown', trial });
    return false;
  }

  async #estimate(): Promise<false> {
    await answerEstimate(this.#context, this.delivery, this.#parts.threads);
    return false;
  }

  /** In the client's own form where the upstream may offer it; once more in chat's where it turns out not to. */
  async #ask(choice: ChosenCredential, upstream: UpstreamEntry, key: string): Promise<AttemptEnd> {
    const asked = await this.#convert(choice, upstream);
    if ('kind' in asked) return asked;
    const end = await this.#send(choice, upstream, key, asked);
    if (asked.route !== RESPONSES || upstream.config.api !== 'auto' || !isUnknownPath(end) || this.#isOver) return end;
    upstream.offers.lacksResponses();
    const inChat = await this.#convert(choice, upstream);
    return 'kind' in inChat ? inChat : this.#send(choice, upstream, key, inChat);
  }

  /** What cannot be said to one upstream may well be said to another. */
  async #convert(choice: ChosenCredential, upstream: UpstreamEntry): Promise<Asked | AttemptEnd> {
    try {
      const asked = await askedOf(this.#context, choice, upstream, this.#parts.threads);
      this.#context.dropped = asked.dropped;
      return asked;
    } catch (error) {
      if (!(error instanceof GatewayError) || error.status !== 400) throw error;
      return { kind: 'failed', failure: unsendable(error) };
    }
  }

  async #send(choice: ChosenCredential, upstream: UpstreamEntry, key: string, asked: Asked): Promise<AttemptEnd> {
    const context = this.#context;
    if (this.#isOver) return { kind: 'aborted' };
    context.attempts++;
    context.upstream = choice.upstream;
    context.credential = choice.credential;
    context.served = this.#candidates.fallback;
    this.#first ??= choice;
    const { attempts, metrics } = this.#parts;
    this.#attempt = new Attempt({
      context,
      delivery: this.delivery,
      tallies: metrics.tallies,
      choice,
      upstream,
      key,
      asked,
      owner: this,
      slot: this.#slot,
    });
    const { sentAt } = this.#attempt;
    attempts.add(choice.upstream, choice.credential, choice.model, sentAt);
    context.trail?.push(new TrailEntry(choice.upstream, choice.credential, sentAt));
    const end = await this.#attempt.end;
    recordAttempt(this.#parts, context, choice, this.#attempt, end);
    this.#attempt = undefined;
    return end;
  }

  #goesOn(choice: ChosenCredential, end: AttemptEnd): boolean | Promise<boolean> {
    if (end.kind === 'failed') return !this.#isOver && this.#failed(choice, end.failure);
    this.#context.usage = end.usage;
    if (end.kind !== 'delivered') return false;
    this.#context.outcome = end.outcome;
    // A new session belongs where its first answer came from, not where its first attempt failed.
    const { session } = this.#context;
    const isNew = !this.#first?.sticky && !this.#first?.spilled;
    if (choice !== this.#first && session && isNew && end.outcome === 'ok') this.#bind(choice, session);
    return false;
  }

  #failed(choice: ChosenCredential, failure: Failure): boolean | Promise<boolean> {
    const candidates = this.#candidates;
    const isFallback = candidates.fallback !== undefined;
    candidates.judge(choice, failure);
    if (failure.unsent) {
      this.#unsendable ??= failure;
      this.#unused(choice);
      return true;
    }
    if (failure.kind === 'rejected') return this.#rejected(failure, isFallback || choice.upstream !== this.#first?.upstream);
    this.#word.note(failure, isFallback);
    const left = this.#context.snapshot.config.retry.attempts - this.#context.attempts;
    if (left <= 0) return this.#answerFailure(failure, true);
    // The last attempt is a fallback's, where there is one.
    if (left === 1 && !isFallback) candidates.advance();
    return candidates.areLeft ? this.#retry(choice, failure) : true;
  }

  /** By the primary: in its own words. By another: what the primary said before, or why it could not be asked. */
  #rejected(failure: Failure, isOthers: boolean): boolean {
    if (!isOthers) return this.#answerFailure(failure);
    if (this.#word.none && !this.#word.failure) return this.#refuse(this.#word.none);
    return this.#answerFailure(this.#word.failure ?? failure);
  }

  async #retry(choice: ChosenCredential, failure: Failure): Promise<boolean> {
    if (!(await this.#withdraw())) return !this.#isOver && this.#answerFailure(failure, true);
    await pauseBefore(this.#candidates.targets, choice.upstream, failure);
    return !this.#isOver;
  }

  #bind(choice: ChosenCredential, session: string): void {
    this.#parts.store.bind({ ...this.#candidates.asking, session }, choice);
  }

  get #isOver(): boolean {
    return this.#interrupted || this.#context.client.closed;
  }

  /** A broken connection is no reason to fail where there is no other credential: the same one is asked once more. */
  #mayAskAgain(): boolean | Promise<boolean> {
    const { newest } = this.#word;
    if (this.#askedAgain || this.#candidates.fallback || !newest?.broken) return false;
    this.#askedAgain = true;
    this.#candidates.again();
    return this.#withdraw();
  }

  async #withdraw(): Promise<boolean> {
    const isGranted = await this.#parts.store.retries.withdraw();
    if (!isGranted) this.#parts.metrics.tallies.retriesDenied++;
    return isGranted;
  }

  /**
   * Nobody of this model is left to ask. `busy`, when every credential that could serve is at its cap, is where a queue
   * belongs: wait until a slot is given back here (`CredentialSlot.give`) or for a moment, then choose again; the client's
   * limits are not asked twice.
   */
  async #nobody(none: NoCredential): Promise<boolean> {
    if (await this.#mayAskAgain()) return !this.#isOver;
    if (!this.#candidates.fallback) this.#word.none = none;
    return this.#candidates.advance() || this.#giveUp(none);
  }

  /** Nobody left to ask. */
  #giveUp(none: NoCredential): false {
    const { failure } = this.#word;
    if (failure) return this.#answerFailure(failure);
    if (this.#unsendable && none.reason !== 'resting') return this.#answerFailure(this.#unsendable);
    return this.#refuse(this.#word.none ?? none);
  }

  /** Nobody was asked. */
  #refuse(none: NoCredential): false {
    this.#context.outcome = 'error';
    this.#context.served = undefined;
    this.delivery.fail(nobodyFree(none), none.rest === 'refused' ? NO_RETRY : {});
    return false;
  }

  /** `isSpent`: the gateway has tried what it may, so a client's own retries would only multiply the load. */
  #answerFailure(newest: Failure, isSpent = this.#context.attempts > 1): false {
    const failure = newest.kind === 'rejected' ? newest : (this.#word.failure ?? newest);
    this.#context.outcome = 'error';
    this.#context.served = undefined;
    const headers = failure.kind === 'refused' || (failure.kind !== 'rejected' && isSpent) ? NO_RETRY : {};
    if (failure.answer) this.delivery.failWith(failure.answer, failure.error, headers);
    else this.delivery.fail(failure.error, headers);
    return false;
  }
}

/** To the official SDKs, which would else try again by themselves. */
const NO_RETRY: Record<string, string> = { 'x-should-retry': 'false' };

/** Unknown credentials skipped for one request before it is refused. */
const MOST_UNKNOWN = 16;

/** 404 or 405 for the path itself; a model that is not there is said by its code. */
function isUnknownPath(end: AttemptEnd): boolean {
  const answer = end.kind === 'failed' ? end.failure.answer : undefined;
  return (answer?.status === 404 || answer?.status === 405) && answer.body?.code !== 'model_not_found';
}
