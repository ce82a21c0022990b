/**
 * How long the primary may be silent. Its answer is exact and takes a fraction of a millisecond; on a machine so busy
 * that it takes longer, an exact turn late is worth more than a guess, and a primary that is gone is noticed by the closed channel.
 */
const PATIENCE = 2_000;

/** A worker's way to the embedded store: known sessions from memory, the rest asked of the primary. */
import type { GatewayConfig } from '../config.js';
import { Ledger } from '../credential/ledger.js';
import { credentialKey } from '../credential/plan.js';
import type { Choice, ChoiceRequest, ChosenCredential, CredentialKey, Outcome, Rest } from '../credential/types.js';
import type { Time } from '../limits/limiter.js';
import { OwnLimits } from '../limits/own-limits.js';
import { type Standing, shareOf } from '../limits/share.js';
import type { AdmissionRequest, Return, Verdict } from '../limits/types.js';
import { log } from '../log.js';
import type { StoreToPrimary, StoreToWorker } from '../messages.js';
import { hasCaps } from './has-caps.js';
import { KnownSessions } from './known-sessions.js';
import { Outbox } from './outbox.js';
import { Pending } from './pending.js';
import type { PrimaryLink } from './primary-link.js';
import { RetryShares } from './retry-shares.js';
import { nextSlot } from './slot-names.js';
import type { RestListener, Store, StoreHealth, StoreSnapshot } from './store.js';
import { limitedBy, refusedAway, unwanted, unwantedVerdict } from './verdicts.js';

const PICKS_EVERY = 1_000;
const EMPTY: StoreSnapshot = { credentials: [], sessions: { count: 0, newest: [] }, clients: [] };

export class OverIpcStore implements Store {
  readonly ready = Promise.resolve();
  readonly #link: PrimaryLink;
  readonly #onRest: RestListener;
  readonly #known: KnownSessions;
  /** The worker's own view: fed by every rest, asked only when the primary is silent. */
  readonly #own: Ledger;
  readonly #limits: OwnLimits;
  readonly #outbox = new Outbox((returns) => this.#send({ type: 'store-give', returns }));
  readonly #choices: Pending<Choice>;
  readonly #verdicts: Pending<Verdict>;
  readonly #replies: Pending<StoreSnapshot | true>;
  readonly #grants: Pending<boolean>;
  readonly retries: RetryShares;
  readonly #picksTimer: NodeJS.Timeout;
  #config: GatewayConfig;
  #hasCaps: boolean;
  #degraded = false;
  #fallbacks = 0;

  /** `patience`: milliseconds that a request waits for the primary. */
  constructor(config: GatewayConfig, link: PrimaryLink, onRest: RestListener = () => {}, patience = PATIENCE) {
    this.#config = config;
    this.#link = link;
    this.#onRest = onRest;
    this.#known = new KnownSessions(config.sticky.ttl, config.sticky.maxSessions);
    this.#own = new Ledger(config, ({ key, cap = 0 }) => shareOf(cap, key, this.#limits.standing));
    this.#hasCaps = hasCaps(config);
    this.#limits = new OwnLimits(standingOf(config));
    this.#choices = new Pending(patience);
    this.#verdicts = new Pending(patience);
    this.#replies = new Pending(PATIENCE);
    this.#grants = new Pending(patience);
    this.retries = new RetryShares(config.retry.budgetPercent, config.server.workers, (requests, wish) =>
      wish ? this.#grants.ask((id) => this.#sendRetry(id, requests, wish)) : this.#tellRequests(requests),
    );
    this.#picksTimer = setInterval(() => this.#sendPicks(), PICKS_EVERY).unref();
    link.onMessage((message) => this.#hear(message));
  }

  get health(): StoreHealth {
    return { kind: 'embedded', degraded: this.#degraded, fallbacks: this.#fallbacks };
  }

  choose(request: ChoiceRequest): Choice | Promise<Choice> {
    const known = this.#known.lookup(request, performance.now());
    if (known === undefined) return this.#ask(request);
    if (known.touch !== undefined) this.#send({ type: 'store-touch', session: known.touch });
    return request.admit === undefined ? known.choice : this.#admitted(request.admit, known.choice);
  }

  async admit(request: AdmissionRequest): Promise<Verdict> {
    const verdict = await this.#verdicts.ask((id) => this.#send({ type: 'store-admit', id, request }));
    this.#mark(verdict === undefined);
    if (verdict === undefined) return this.#admitAlone(request);
    if (verdict.admitted) this.#limits.hold(request.client, verdict.receipt.slot);
    return verdict;
  }

  give(back: Return): void {
    if (back.kind === 'client-slot') this.#limits.giveSlot(back.slot);
    if (back.kind === 'credential-slot') this.#own.slots.give(back.slot);
    if (back.kind !== 'settle') return this.#outbox.add(back);
    const { settlement } = back;
    this.#limits.giveSlot(settlement.receipt.slot);
    if (!settlement.receipt.alone) return this.#outbox.add(back);
    if (this.#degraded) return this.#limits.settle(settlement, this.#time);
    const charge = this.#limits.afterwards(settlement);
    if (charge) this.#outbox.add({ kind: 'charge', charge });
  }

  async addUsage(): Promise<boolean> {
    return true;
  }

  async keptUsage(): Promise<undefined> {
    return undefined;
  }

  bind(request: ChoiceRequest, choice: ChosenCredential): void {
    const now = performance.now();
    this.#own.bind(request, choice, now);
    this.#known.remember(request, choice, this.#known.epoch, now);
    this.#send({ type: 'store-bind', request, choice });
  }

  report(outcome: Outcome): void {
    // This worker must not use it again even before the primary's word comes back.
    for (const rest of this.#own.report(outcome, performance.now())) this.#known.rested(rest);
    this.#send({ type: 'store-report', outcome });
  }

  async pause(key: CredentialKey): Promise<void> {
    await this.#replies.ask((id) => this.#send({ type: 'store-pause', id, key, paused: true }));
  }

  async resume(key: CredentialKey): Promise<void> {
    await this.#replies.ask((id) => this.#send({ type: 'store-pause', id, key, paused: false }));
  }

  configure(config: GatewayConfig): void {
    this.#hasCaps = hasCaps(config);
    this.#config = config;
    this.#limits.standing = standingOf(config);
    this.#limits.retain(new Set(config.clients.map(({ name }) => name)));
    this.#own.configure(config, performance.now());
    this.#known.resize(config.sticky.ttl, config.sticky.maxSessions);
    this.retries.configure(config.retry.budgetPercent);
  }

  async snapshot(): Promise<StoreSnapshot> {
    const answer = await this.#replies.ask((id) => this.#send({ type: 'store-ask-snapshot', id }));
    return answer === undefined || answer === true ? EMPTY : answer;
  }

  async close(): Promise<void> {
    clearInterval(this.#picksTimer);
    this.#sendPicks();
    this.#outbox.flush();
    this.#choices.close();
    this.#verdicts.close();
    this.#replies.close();
    this.#grants.close();
  }

  async #ask(request: ChoiceRequest): Promise<Choice> {
    const { epoch } = this.#known;
    const asked = performance.now();
    const question = this.#hasCaps ? { ...request, slot: nextSlot() } : request;
    const choice = await this.#choices.ask((id) => this.#send({ type: 'store-choose', id, request: question }));
    this.#mark(choice === undefined);
    if (choice === undefined) return this.#chooseAlone(request);
    this.#taken(choice);
    this.#known.remember(request, choice, epoch, asked);
    return choice;
  }

  /** What the choice came with is this worker's now. */
  #taken(choice: Choice): void {
    if (choice.verdict?.admitted) this.#limits.hold(choice.verdict.receipt.client, choice.verdict.receipt.slot);
    if (choice.found && choice.slot !== undefined)
      this.#own.slots.take(credentialKey(choice.upstream, choice.credential), choice.slot, 0);
  }

  #chooseAlone(request: ChoiceRequest): Choice {
    const verdict = request.admit && this.#admitAlone(request.admit);
    if (verdict?.admitted === false) return limitedBy(verdict);
    const choice = this.#own.choose({ ...request, slot: nextSlot() }, performance.now());
    return verdict ? { ...choice, verdict } : choice;
  }

  #admitAlone(request: AdmissionRequest): Verdict {
    return this.#config.store.limitsWhenAway === 'open' ? this.#limits.admit(request, this.#time) : refusedAway();
  }

  get #time(): Time {
    return { now: performance.now(), wall: Date.now() };
  }

  /** The session's credential is known: only the client's limits are asked. */
  async #admitted(request: AdmissionRequest, choice: ChosenCredential): Promise<Choice> {
    const verdict = await this.admit(request);
    if (verdict.admitted) return { ...choice, verdict };
    this.#known.unpick(choice);
    return limitedBy(verdict);
  }

  #hear(message: StoreToWorker): void {
    if (message.type === 'store-rest') this.#rested(message.rest);
    else if (message.type === 'store-choice') this.#heardChoice(message.id, message.choice);
    else if (message.type === 'store-verdict') this.#heardVerdict(message.id, message.verdict);
    else if (message.type === 'store-retry-granted') this.#grants.settle(message.id, message.granted);
    else if (message.type === 'store-done') this.#replies.settle(message.id, true);
    else if (message.type === 'store-snapshot') this.#replies.settle(message.id, message.snapshot);
  }

  #heardChoice(id: number, choice: Choice): void {
    if (!this.#choices.settle(id, choice)) for (const back of unwanted(choice)) this.#outbox.add(back);
  }

  #heardVerdict(id: number, verdict: Verdict): void {
    if (!this.#verdicts.settle(id, verdict)) for (const back of unwantedVerdict(verdict)) this.#outbox.add(back);
  }

  #rested(rest: Rest): void {
    this.#own.apply(rest, performance.now());
    this.#known.rested(rest);
    this.#onRest(rest);
  }

  #sendRetry(id: number, requests: number, wish: boolean): boolean {
    return this.#send({ type: 'store-retry', id, requests, wish });
  }

  async #tellRequests(requests: number): Promise<undefined> {
    this.#sendRetry(0, requests, false);
  }

  #sendPicks(): void {
    this.retries.tell();
    const picks = this.#known.takePicks();
    if (picks.length > 0) this.#send({ type: 'store-picks', picks });
  }

  #send(message: StoreToPrimary): boolean {
    try {
      this.#link.send(message);
      return true;
    } catch {
      // The channel is closed: the primary is gone and this worker is about to drain.
      return false;
    }
  }

  #mark(degraded: boolean): void {
    if (degraded) this.#fallbacks++;
    if (degraded === this.#degraded) return;
    this.#degraded = degraded;
    if (degraded)
      log.warn(
        { event: 'store-degraded', store: 'embedded' },
        'the primary does not answer: this worker chooses on its own view',
      );
    else {
      log.info({ event: 'store-recovered', store: 'embedded' }, 'the primary answers again');
      for (const charge of this.#limits.takeCharges(this.#time)) this.#outbox.add({ kind: 'charge', charge });
    }
  }
}

/** Nobody tells a worker its rank: with chance shares add up well enough for the time that a primary is silent. */
function standingOf({ server }: GatewayConfig): Standing {
  const workers = Math.max(1, server.workers);
  return { workers, rank: Math.floor(Math.random() * workers) };
}
