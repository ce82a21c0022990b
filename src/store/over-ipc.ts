/**
 * How long the primary may be silent. Its answer is exact and takes a fraction of a millisecond; on a machine so busy
 * that it takes longer, an exact turn late is worth more than a guess, and a primary that is gone is noticed by the closed channel.
 */
const PATIENCE = 2_000;

/** A worker's way to the embedded store: known sessions from memory, the rest asked of the primary. */
import type { GatewayConfig } from '../config.js';
import { Ledger } from '../credential/ledger.js';
import type { Choice, ChoiceRequest, ChosenCredential, CredentialKey, Outcome, Rest } from '../credential/types.js';
import { log } from '../log.js';
import type { StoreToPrimary, StoreToWorker } from '../messages.js';
import { KnownSessions } from './known-sessions.js';
import { Pending } from './pending.js';
import type { PrimaryLink } from './primary-link.js';
import type { RestListener, Store, StoreHealth, StoreSnapshot } from './store.js';

const PICKS_EVERY = 1_000;
const EMPTY: StoreSnapshot = { credentials: [], sessions: { count: 0, newest: [] } };

export class OverIpcStore implements Store {
  readonly ready = Promise.resolve();
  readonly #link: PrimaryLink;
  readonly #onRest: RestListener;
  readonly #known: KnownSessions;
  /** The worker's own view: fed by every rest, asked only when the primary is silent. */
  readonly #own: Ledger;
  readonly #choices: Pending<Choice>;
  readonly #replies: Pending<StoreSnapshot | true>;
  readonly #picksTimer: NodeJS.Timeout;
  #degraded = false;
  #fallbacks = 0;

  /** `patience`: milliseconds that a request waits for the primary. */
  constructor(config: GatewayConfig, link: PrimaryLink, onRest: RestListener = () => {}, patience = PATIENCE) {
    this.#link = link;
    this.#onRest = onRest;
    this.#known = new KnownSessions(config.sticky.ttl, config.sticky.maxSessions);
    this.#own = new Ledger(config);
    this.#choices = new Pending(patience);
    this.#replies = new Pending(PATIENCE);
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
    return known.choice;
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
    this.#own.configure(config, performance.now());
    this.#known.resize(config.sticky.ttl, config.sticky.maxSessions);
  }

  async snapshot(): Promise<StoreSnapshot> {
    const answer = await this.#replies.ask((id) => this.#send({ type: 'store-ask-snapshot', id }));
    return answer === undefined || answer === true ? EMPTY : answer;
  }

  async close(): Promise<void> {
    clearInterval(this.#picksTimer);
    this.#sendPicks();
    this.#choices.close();
    this.#replies.close();
  }

  async #ask(request: ChoiceRequest): Promise<Choice> {
    const { epoch } = this.#known;
    const asked = performance.now();
    const choice = await this.#choices.ask((id) => this.#send({ type: 'store-choose', id, request }));
    this.#mark(choice === undefined);
    if (choice === undefined) return this.#own.choose(request, performance.now());
    this.#known.remember(request, choice, epoch, asked);
    return choice;
  }

  #hear(message: StoreToWorker): void {
    if (message.type === 'store-choice') return this.#choices.settle(message.id, message.choice);
    if (message.type === 'store-done') return this.#replies.settle(message.id, true);
    if (message.type === 'store-snapshot') return this.#replies.settle(message.id, message.snapshot);
    if (message.type === 'store-rest') this.#rested(message.rest);
  }

  #rested(rest: Rest): void {
    this.#own.apply(rest, performance.now());
    this.#known.rested(rest);
    this.#onRest(rest);
  }

  #sendPicks(): void {
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
    else log.info({ event: 'store-recovered', store: 'embedded' }, 'the primary answers again');
  }
}
