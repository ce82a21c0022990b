/** Who a store's promises are tested on, and how: subjects, clusters of workers, and tries on a machine that stalls. */
import { type t as tap, test } from 'tap';
import type { GatewayConfig } from '../config.js';
import type { Choice, ChoiceRequest, ChosenCredential, Outcome } from '../credential/types.js';
import type { AdmissionRequest, Return, Verdict } from '../limits/types.js';
import { type ConfigWish, contractConfig } from './contract-config.js';
import type { StoreSnapshot } from './store.js';

/** A worker as the suite uses it: the store's methods, possibly in another process. */
export interface ContractWorker {
  choose(request: ChoiceRequest): Promise<Choice>;
  bind(bound: { readonly request: ChoiceRequest; readonly choice: ChosenCredential }): Promise<void>;
  admit(request: AdmissionRequest): Promise<Verdict>;
  give(back: Return): Promise<void>;
  report(outcome: Outcome): Promise<void>;
  /** So many requests begin, then one retry is asked for. */
  retry(requests: number): Promise<boolean>;
  pause(key: string): Promise<void>;
  resume(key: string): Promise<void>;
  snapshot(): Promise<StoreSnapshot>;
  fallbacks(): Promise<number>;
}

export interface ContractCluster {
  readonly workers: readonly ContractWorker[];
  configure(config: GatewayConfig): Promise<void>;
  close(): Promise<void>;
}

export interface ContractSubject {
  readonly name: string;
  /** A new, empty shared state with its workers. */
  open(config: GatewayConfig): Promise<ContractCluster>;
}

export type Checks = Pick<typeof tap, 'equal' | 'match' | 'not' | 'notOk' | 'ok' | 'strictSame'>;

/** Promises about times are tested on machines that may stall for longer than those last: then nothing was tested, and the test begins anew. */
const MOST_TRIES = 10;

/** The machine took longer than the time that the test is about. */
class TooSlow extends Error {}

/** Asked before what was seen since `startedAt` is judged; milliseconds on `performance.now()`. */
export function mustBeWithin(startedAt: number, milliseconds: number): void {
  const took = performance.now() - startedAt;
  if (took > milliseconds) throw new TooSlow(`${took.toFixed(0)} ms went by where less than ${milliseconds} were to`);
}

/** How a subject's promises are tested: each on a cluster of its own that must have answered everything itself. */
export function promisesOf(subject: ContractSubject) {
  return (name: string, wish: ConfigWish, body: (cluster: ContractCluster, t: Checks) => Promise<void>) =>
    test(`${subject.name}: ${name}`, async (t) => {
      for (let tries = 1; tries <= MOST_TRIES; tries++) {
        const cluster = await subject.open(contractConfig(wish));
        try {
          await body(cluster, t);
          for (const worker of cluster.workers) t.equal(await worker.fallbacks(), 0, 'every answer came from the shared state');
          return;
        } catch (error) {
          if (!(error instanceof TooSlow) || tries === MOST_TRIES) throw error;
        } finally {
          await cluster.close();
        }
      }
    });
}
