/** The embedded store's owner: the one ledger of the cluster, in the primary, asked by the workers over IPC. */
import type { GatewayConfig } from '../config.js';
import { Ledger } from '../credential/ledger.js';
import { RetryQuota } from '../credential/retry-quota.js';
import type { Choice, ChoiceRequest, ChosenCredential, CredentialKey, Outcome, Rest } from '../credential/types.js';
import { Limiter, type Time } from '../limits/limiter.js';
import type { Holder } from '../limits/slots.js';
import type { AdmissionRequest, ClientUse, Return, Verdict } from '../limits/types.js';
import type { StoreToPrimary, StoreToWorker } from '../messages.js';
import type { PrimaryStore } from './primary-link.js';
import { nextSlot } from './slot-names.js';
import type { Retries, StoreHealth, StoreSnapshot } from './store.js';
import { limitedBy } from './verdicts.js';

/** Milliseconds, monotonic. */
type Clock = () => number;

/** This process among those that hold slots; workers are numbered from 1. */
const SELF: Holder = 0;
/** Workers whose last words may still be on their way when they are gone. */
const MOST_GONE = 1_000;

export class EmbeddedStore implements PrimaryStore {
  readonly ready = Promise.resolve();
  readonly health: StoreHealth = { kind: 'embedded', degraded: false, fallbacks: 0 };
  readonly retries: Retries = { deposit: () => this.#retry(1, false), withdraw: () => this.#retry(0, true) };
  readonly #quota: RetryQuota;
  readonly #ledger: Ledger;
  readonly #broadcast: (message: StoreToWorker) => void;
  readonly #now: Clock;
  readonly #limiter = new Limiter();
  readonly #gone = new Set<Holder>();
  #config: GatewayConfig;

  /** `broadcast` reaches every worker. */
  constructor(config: GatewayConfig, broadcast: (message: StoreToWorker) => void, now: Clock = () => performance.now()) {
    this.#config = config;
    this.#ledger = new Ledger(config);
    this.#broadcast = broadcast;
    this.#now = now;
    this.#quota = new RetryQuota(config.retry.budgetPercent, now());
  }

  answer(message: StoreToPrimary, send: (message: StoreToWorker) => void, worker: Holder = SELF): void {
    switch (message.type) {
      case 'store-choose':
        return send({ type: 'store-choice', id: message.id, choice: this.#choose(message.request, worker) });
      case 'store-admit':
        return send({ type: 'store-verdict', id: message.id, verdict: this.#admit(message.request, worker) });
      case 'store-give':
        for (const back of message.returns) this.give(back);
        return;
      case 'store-owner':
        // Here a slot is its worker's by the channel that it was asked over.
        return;
      case 'store-touch':
        return this.#ledger.touch(message.session, this.#now());
      case 'store-bind':
        return this.bind(message.request, message.choice);
      case 'store-picks':
        for (const [key, picks] of message.picks) this.#ledger.tally(key, picks);
        return;
      case 'store-report':
        return this.report(message.outcome);
      case 'store-retry': {
        const granted = this.#retry(message.requests, message.wish);
        if (message.wish) send({ type: 'store-retry-granted', id: message.id, granted });
        return;
      }
      case 'store-pause':
        this.#tell([message.paused ? this.#ledger.pause(message.key) : this.#ledger.resume(message.key)]);
        return send({ type: 'store-done', id: message.id });
      case 'store-ask-snapshot':
        return send({ type: 'store-snapshot', id: message.id, snapshot: this.#snapshot() });
    }
  }

  greet(send: (message: StoreToWorker) => void): void {
    for (const rest of this.#ledger.running(this.#now())) send({ type: 'store-rest', rest });
  }

  /** Its slots are free at once; what it said last and is still unread takes none. */
  gone(worker: Holder): void {
    this.#limiter.slots.giveAllOf(worker);
    this.#ledger.slots.giveAllOf(worker);
    this.#gone.add(worker);
    const [first] = this.#gone;
    if (this.#gone.size > MOST_GONE && first !== undefined) this.#gone.delete(first);
  }

  choose(request: ChoiceRequest): Choice {
    return this.#choose({ ...request, slot: nextSlot() }, SELF);
  }

  admit(request: AdmissionRequest): Verdict {
    return this.#admit(request, SELF);
  }

  give(back: Return): void {
    if (back.kind === 'settle') this.#limiter.settle(back.settlement, this.#time);
    else if (back.kind === 'charge') this.#limiter.charge(back.charge, this.#time);
    else if (back.kind === 'client-slot') this.#limiter.slots.give(back.slot);
    else this.#ledger.slots.give(back.slot);
  }

  async addUsage(): Promise<boolean> {
    return true;
  }

  async keptUsage(): Promise<undefined> {
    return undefined;
  }

  bind(request: ChoiceRequest, choice: ChosenCredential): void {
    this.#ledger.bind(request, choice, this.#now());
  }

  report(outcome: Outcome): void {
    this.#tell(this.#ledger.report(outcome, this.#now()));
  }

  async pause(key: CredentialKey): Promise<void> {
    this.#tell([this.#ledger.pause(key)]);
  }

  async resume(key: CredentialKey): Promise<void> {
    this.#tell([this.#ledger.resume(key)]);
  }

  configure(config: GatewayConfig): void {
    this.#config = config;
    this.#ledger.configure(config, this.#now());
    this.#limiter.retain(new Set(config.clients.map(({ name }) => name)));
    this.#quota.configure(config.retry.budgetPercent);
  }

  async snapshot(): Promise<StoreSnapshot> {
    return this.#snapshot();
  }

  async close(): Promise<void> {
    // The ledger ends with its process.
  }

  get #time(): Time {
    return { now: this.#now(), wall: Date.now() };
  }

  #retry(requests: number, wish: boolean): boolean {
    if (requests > 0) this.#quota.deposit(requests, this.#now());
    return wish && this.#quota.withdraw(this.#now());
  }

  /** The client's limits first: a refusal takes no turn. */
  #choose(request: ChoiceRequest, holder: Holder): Choice {
    const verdict = request.admit && this.#admit(request.admit, holder);
    if (verdict?.admitted === false) return limitedBy(verdict);
    const choice = this.#ledger.choose(request, this.#now(), holder);
    if (this.#gone.has(holder)) this.#ledger.slots.giveAllOf(holder);
    return verdict ? { ...choice, verdict } : choice;
  }

  #admit(request: AdmissionRequest, holder: Holder): Verdict {
    const verdict = this.#limiter.admit(request, holder, this.#time);
    if (this.#gone.has(holder)) this.#limiter.slots.giveAllOf(holder);
    return verdict;
  }

  #snapshot(): StoreSnapshot {
    return { ...this.#ledger.snapshot(this.#now()), clients: this.#clients() };
  }

  #clients(): ClientUse[] {
    const seen = new Set(this.#limiter.clients());
    const here = this.#config.clients.filter(({ name }) => seen.has(name));
    return here.map(({ name, budget }) => this.#limiter.use(name, budget?.per, this.#time));
  }

  #tell(rests: readonly Rest[]): void {
    for (const rest of rests) this.#broadcast({ type: 'store-rest', rest });
  }
}
