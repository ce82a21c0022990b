/**
 * One request before its client's limits: asked along with the first choice, told what was used when it is over.
 *
 *     asked ──refused──> answered 429, nothing is held
 *       └────admitted──> its slot is given back with the answer's last byte ──over──> settled
 */
import type { ModelConfig } from '../config.js';
import { GatewayError } from '../errors.js';
import type { AdmissionRequest, Allowance, Receipt, Refused, Verdict } from '../limits/types.js';
import { costOf } from '../metrics/price.js';
import type { RequestOutcome } from '../metrics/record.js';
import { nextSlot } from '../store/slot-names.js';
import type { Store } from '../store/store.js';
import type { Usage } from '../usage.js';
import { costOfEstimate, estimateOf } from './admission-estimate.js';
import type { Caller } from './authenticate.js';
import { COUNT_TOKENS, type Route } from './route.js';

/** What of a request's context its limits depend on; filled in as it goes on. */
interface Subject {
  readonly route: Route;
  readonly body?: Buffer;
  readonly model?: Pick<ModelConfig, 'price'>;
  /** The fallback that answered in its place. */
  readonly served?: Pick<ModelConfig, 'price'>;
  readonly attempts: number;
  readonly outcome: RequestOutcome;
  readonly usage?: Usage;
}

export class Admission {
  /** What is left of the client's limits, for the answer's headers. */
  allowance: Allowance = {};
  /** The limit that was in its way. */
  refusedBy: Refused['limit'] | undefined;
  readonly #store: Store;
  readonly #context: Subject;
  readonly #request: AdmissionRequest;
  #asked = false;
  #receipt: Receipt | undefined;

  /** Of a caller with limits, when its request is read. */
  constructor(store: Store, context: Subject, caller: Caller) {
    this.#store = store;
    this.#context = context;
    this.#request = requestOf(context, caller);
  }

  /** To be asked with a choice; undefined when it has been already. */
  question(): AdmissionRequest | undefined {
    if (this.#asked) return undefined;
    this.#asked = true;
    return this.#request;
  }

  /** Asks alone, where nothing is to be chosen. @throws GatewayError 429 */
  async ask(): Promise<void> {
    const question = this.question();
    if (question) this.hear(await this.#store.admit(question));
  }

  /** @throws GatewayError 429, or 503 where the limits cannot be asked and the policy is to refuse then. */
  hear(verdict: Verdict | undefined): void {
    if (verdict === undefined) return;
    this.allowance = verdict.allowance;
    if (!verdict.admitted) {
      this.refusedBy = verdict.limit;
      throw refusal(verdict);
    }
    this.#receipt = verdict.receipt;
  }

  /** Before the client can know that its answer is over: its next request may be with another worker at once. */
  giveSlot(): void {
    const receipt = this.#receipt;
    if (!receipt || receipt.slot === '') return;
    this.#store.give({ kind: 'client-slot', client: receipt.client, slot: receipt.slot });
    this.#receipt = { ...receipt, slot: '' };
  }

  /** Once, when the request is over however it ended. */
  settle(): void {
    const receipt = this.#receipt;
    if (!receipt) return;
    this.#receipt = undefined;
    const used = this.#used(receipt);
    if (receipt.slot === '' && used.tokens === receipt.tokens && used.usd === receipt.usd) return;
    this.#store.give({ kind: 'settle', settlement: { receipt, ...used } });
  }

  /**
   * What the upstream counted; where it counted nothing, nothing if the client got nothing, and else the guess: an answer
   * broken off has cost something all the same.
   */
  #used({ tokens, usd }: Receipt): { readonly tokens: number; readonly usd: number } {
    const { usage, outcome, attempts, model, served } = this.#context;
    const { tpm, budget } = this.#request.limits;
    if (usage)
      return {
        tokens: tpm === undefined ? 0 : usage.input + usage.output,
        usd: budget === undefined ? 0 : costOf(usage, (served ?? model)?.price),
      };
    return outcome === 'error' || attempts === 0 ? { tokens: 0, usd: 0 } : { tokens, usd };
  }
}

function requestOf(context: Subject, { name, limits = {} }: Caller): AdmissionRequest {
  const isCall = context.route !== COUNT_TOKENS;
  const isGuessed = isCall && (limits.tpm !== undefined || limits.budget !== undefined);
  const guess = isGuessed && context.body ? estimateOf(context.route, context.body) : { input: 0, output: 0 };
  return {
    client: name,
    limits,
    isCall,
    tokens: guess.input + guess.output,
    usd: costOfEstimate(guess, context.model?.price),
    slot: isCall && limits.concurrency !== undefined ? nextSlot() : '',
  };
}

const WORDS: Record<Refused['limit'], string> = {
  rpm: 'This API key is at its limit of requests per minute.',
  tpm: 'This API key is at its limit of tokens per minute.',
  concurrency: 'This API key is at its limit of requests in flight.',
  budget: 'This API key has spent its budget.',
  away: 'The limits of this API key cannot be checked at the moment.',
};

function refusal({ limit, retryAfter }: Refused): GatewayError {
  const code = limit === 'budget' ? 'insufficient_quota' : limit === 'away' ? 'limits_unavailable' : 'rate_limit_exceeded';
  return new GatewayError(code, WORDS[limit], { retryAfter });
}
