/** The embedded store's owner: the one ledger of the cluster, in the primary, asked by the workers over IPC. */
import type { GatewayConfig } from '../config.js';
import { Ledger } from '../credential/ledger.js';
import type { Choice, ChoiceRequest, ChosenCredential, CredentialKey, Outcome, Rest } from '../credential/types.js';
import type { StoreToPrimary, StoreToWorker } from '../messages.js';
import type { PrimaryStore } from './primary-link.js';
import type { StoreHealth, StoreSnapshot } from './store.js';

/** Milliseconds, monotonic. */
type Clock = () => number;

export class EmbeddedStore implements PrimaryStore {
  readonly ready = Promise.resolve();
  readonly health: StoreHealth = { kind: 'embedded', degraded: false, fallbacks: 0 };
  readonly #ledger: Ledger;
  readonly #broadcast: (message: StoreToWorker) => void;
  readonly #now: Clock;

  /** `broadcast` reaches every worker. */
  constructor(config: GatewayConfig, broadcast: (message: StoreToWorker) => void, now: Clock = () => performance.now()) {
    this.#ledger = new Ledger(config);
    this.#broadcast = broadcast;
    this.#now = now;
  }

  answer(message: StoreToPrimary, send: (message: StoreToWorker) => void): void {
    switch (message.type) {
      case 'store-choose':
        return send({ type: 'store-choice', id: message.id, choice: this.choose(message.request) });
      case 'store-touch':
        return this.#ledger.touch(message.session, this.#now());
      case 'store-bind':
        return this.bind(message.request, message.choice);
      case 'store-picks':
        for (const [key, picks] of message.picks) this.#ledger.tally(key, picks);
        return;
      case 'store-report':
        return this.report(message.outcome);
      case 'store-pause':
        this.#tell([message.paused ? this.#ledger.pause(message.key) : this.#ledger.resume(message.key)]);
        return send({ type: 'store-done', id: message.id });
      case 'store-ask-snapshot':
        return send({ type: 'store-snapshot', id: message.id, snapshot: this.#ledger.snapshot(this.#now()) });
    }
  }

  greet(send: (message: StoreToWorker) => void): void {
    for (const rest of this.#ledger.running(this.#now())) send({ type: 'store-rest', rest });
  }

  choose(request: ChoiceRequest): Choice {
    return this.#ledger.choose(request, this.#now());
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
    this.#ledger.configure(config, this.#now());
  }

  async snapshot(): Promise<StoreSnapshot> {
    return this.#ledger.snapshot(this.#now());
  }

  async close(): Promise<void> {
    // The ledger ends with its process.
  }

  #tell(rests: readonly Rest[]): void {
    for (const rest of rests) this.#broadcast({ type: 'store-rest', rest });
  }
}
