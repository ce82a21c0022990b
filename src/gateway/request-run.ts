/** CHOOSE, RELAY, and again: the attempts of one request, until the client has an answer or nothing is left to try. */
import type { Choice, ChosenCredential, NoCredential } from '../credential/types.js';
import { GatewayError } from '../errors.js';
import type { UpstreamHeaders } from '../upstream/upstream.js';
import type { AttemptEnd } from './answer-reader.js';
import { ask } from './ask.js';
import type { Attempt, AttemptOwner } from './attempt.js';
import { Candidates } from './candidates.js';
import type { ClientListener } from './client-exchange.js';
import type { RequestContext } from './context.js';
import { answerEstimate, isCountedUpstream } from './count-tokens.js';
import type { QueuePlace } from './credential-queue.js';
import { CredentialSlot } from './credential-slot.js';
import { enterQueue, isBehind } from './credential-wish.js';
import type { Watched } from './deadlines.js';
import { Delivery } from './delivery.js';
import type { Failure } from './failure.js';
import type { GatewayParts } from './gateway-parts.js';
import { LastWord } from './last-word.js';
import { tellHeadroom, tellTrial } from './lessons.js';
import { pauseBefore } from './pause.js';
import { COUNT_TOKENS } from './route.js';
import { responseSession } from './session.js';
import type { UpstreamEntry } from './upstream-table.js';

export class RequestRun implements Watched, ClientListener, AttemptOwner {
  readonly delivery: Delivery;
  /** Whether it is one of those that are served at once. */
  hasPlace = false;
  readonly #context: RequestContext;
  readonly #parts: GatewayParts;
  readonly #candidates: Candidates;
  readonly #word: LastWord;
  #first: ChosenCredential | undefined;
  #attempt: Attempt | undefined;
  /** Of the credential that is being tried, where it has a cap. */
  #slot: CredentialSlot | undefined;
  /** While it waits for a slot. */
  #place: QueuePlace | undefined;
  #interrupted = false;
  #askedAgain = false;

  constructor(context: RequestContext, parts: GatewayParts) {
    this.#context = context;
    this.#parts = parts;
    this.delivery = new Delivery(context, parts.metrics.tallies);
    this.#word = new LastWord(context, this.delivery);
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
      this.#place?.leave();
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
    this.#place?.leave();
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
    if (!this.#interrupted && this.delivery.isSilent(now, server.heartbeat)) this.delivery.heartbeat(now);
  }

  /** Ends it now with an error: its time is up, or the process must leave. */
  interrupt(error: GatewayError): void {
    if (this.#interrupted) return;
    this.#interrupted = true;
    this.#context.outcome = this.delivery.state === 'content' ? 'incomplete' : 'error';
    this.delivery.fail(error);
    this.#place?.leave();
    this.#attempt?.abort();
  }

  get isOver(): boolean {
    return this.#interrupted || this.#context.client.closed;
  }

  onSent(attempt: Attempt, choice: ChosenCredential): void {
    this.#attempt = attempt;
    this.#first ??= choice;
    this.#context.served = this.#candidates.fallback;
  }

  onAnswered(choice: ChosenCredential, upstream: UpstreamEntry, headers: UpstreamHeaders): void {
    tellHeadroom(this.#parts.store, choice, upstream, headers);
  }

  onBegun(choice: ChosenCredential): void {
    tellTrial(this.#parts.store, choice, 'ok');
  }

  /** Who goes on from the answer that the upstream keeps as `id` must be sent where it was made. */
  onKept(choice: ChosenCredential, id: string): void {
    const { caller } = this.#context;
    if (caller) this.#bind(choice, responseSession(caller.namespace, id));
  }

  /** One attempt. True: another follows. */
  async #tryNext(): Promise<boolean> {
    if (this.#parts.queue.size > 0 && !this.#place && isBehind(this.#context, this.#candidates, this.#parts))
      return this.#standBehind();
    const asked = this.#choose();
    const choice = asked instanceof Promise ? await this.#awaited(asked) : asked;
    this.#hold(choice);
    this.#context.admission?.hear(choice.verdict);
    if (!choice.found) return !this.isOver && this.#nobody(choice);
    this.#leaveQueue();
    if (this.isOver) return this.#unused(choice);
    const upstream = this.#parts.upstreams.get(choice.upstream);
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
    return this.#goesOn(choice, end);
  }

  #choose(): Choice | Promise<Choice> {
    const { fields, session, admission } = this.#context;
    // Said one by one: spread into the question they cost 4.7 µs (Node 20.20).
    const { alias, model } = this.#candidates.asking;
    return this.#parts.store.choose({
      alias,
      model,
      session,
      exclude: this.#candidates.exclude,
      pinned: fields?.previousResponseId === undefined ? undefined : true,
      admit: admission?.question(),
    });
  }

  /** A choice that the store was asked for, which is measured. */
  async #awaited(asked: Promise<Choice>): Promise<Choice> {
    const began = performance.now();
    const choice = await asked;
    this.#parts.metrics.observeStore((performance.now() - began) / 1000);
    return choice;
  }

  /** Its slot instead of the one before. */
  #hold(choice: Choice): void {
    this.#slot?.give();
    this.#slot = choice.found && choice.slot !== undefined ? new CredentialSlot(this.#parts, choice) : undefined;
  }

  /** A choice that nothing was sent to. */
  #unused(choice: ChosenCredential): false {
    tellTrial(this.#parts.store, choice, 'unknown');
    return false;
  }

  async #estimate(): Promise<false> {
    await answerEstimate(this.#context, this.delivery, this.#parts.threads);
    return false;
  }

  async #ask(choice: ChosenCredential, upstream: UpstreamEntry, key: string): Promise<AttemptEnd> {
    const { tallies } = this.#parts.metrics;
    const end = await ask(
      { context: this.#context, delivery: this.delivery, tallies, choice, upstream, key, owner: this, slot: this.#slot },
      this.#parts,
    );
    this.#attempt = undefined;
    this.#slot?.give();
    return end;
  }

  #goesOn(choice: ChosenCredential, end: AttemptEnd): boolean | Promise<boolean> {
    if (end.kind === 'failed') return !this.isOver && this.#failed(choice, end.failure);
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
      this.#word.noteUnsendable(failure);
      this.#unused(choice);
      return true;
    }
    if (failure.kind === 'rejected') {
      this.#word.reject(failure, isFallback || choice.upstream !== this.#first?.upstream);
      return false;
    }
    this.#word.note(failure, isFallback);
    const left = this.#context.snapshot.config.retry.attempts - this.#context.attempts;
    if (left <= 0) return this.#fail(failure);
    // The last attempt is a fallback's, where there is one.
    if (left === 1 && !isFallback) candidates.advance();
    return candidates.areLeft ? this.#retry(choice, failure) : true;
  }

  async #retry(choice: ChosenCredential, failure: Failure): Promise<boolean> {
    if (!(await this.#withdraw())) return !this.isOver && this.#fail(failure);
    await pauseBefore(this.#candidates.targets, choice.upstream, failure);
    return !this.isOver;
  }

  #bind(choice: ChosenCredential, session: string): void {
    this.#parts.store.bind({ ...this.#candidates.asking, session }, choice);
  }

  /** Nobody of this model is left to ask. */
  async #nobody(none: NoCredential): Promise<boolean> {
    if (await this.#mayAskAgain()) return !this.isOver;
    if (!this.#candidates.fallback) this.#word.none = none;
    return this.#candidates.advance() || this.#wait(none);
  }

  /** Others like it wait already. Its client's limits are asked first, as they would be with a choice. */
  async #standBehind(): Promise<boolean> {
    await this.#context.admission?.ask();
    return !this.isOver && this.#wait(BUSY);
  }

  /** Nobody is left to ask now; where all that is missing is a slot, it waits for one. */
  async #wait(none: NoCredential): Promise<boolean> {
    const isPrimaryBusy = this.#word.none?.reason === 'busy' && this.#context.attempts === 0;
    if (none.reason === 'busy' || isPrimaryBusy) {
      this.#candidates.restart();
      this.#place ??= enterQueue(this.#context, this.#candidates, this.#parts);
      const isCalled = await this.#place?.turn();
      if (this.isOver || isCalled) return !this.isOver;
    }
    return this.#giveUp(none);
  }

  /** It has what it waited for. */
  #leaveQueue(): void {
    this.#place?.leave(true);
    this.#place = undefined;
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

  /** Nobody is left to ask at all. */
  #giveUp(none: NoCredential): false {
    this.#word.giveUp(none);
    return false;
  }

  /** The attempts that it may have, or the retries, are spent. */
  #fail(failure: Failure): false {
    this.#word.fail(failure, true);
    return false;
  }
}

/** Said where those who wait say it all: nobody was asked. */
const BUSY: NoCredential = { found: false, reason: 'busy', retryAfter: 1_000 };

/** Unknown credentials skipped for one request before it is refused. */
const MOST_UNKNOWN = 16;
