/**
 * One worker's view of its clients' limits: what it last heard of their use, and while the shared state is away what it lets
 * through by itself. Pure.
 *
 * Alone, a worker gives out its share of what was left when it last heard; what was used by then counts as used for a whole
 * window, since nobody can say when in the last minute it was. So all workers together stay within the limit, but for what
 * happened between the last word and the loss.
 */
import { Limiter, type Time } from './limiter.js';
import { periodOf } from './period.js';
import { type Standing, shareOf } from './share.js';
import { BUCKETS, SECOND } from './sliding-window.js';
import type { AdmissionRequest, Allowance, BudgetPeriod, Charge, ClientLimits, ClientUse, Settlement, Verdict } from './types.js';

const WINDOW = BUCKETS * SECOND;
/** This worker is the only one that takes slots here. */
const SELF = 0;
/** What a worker says that has no share left and knows no better. */
const NO_SHARE_WAIT = 1_000;

interface Heard {
  readonly use: ClientUse;
  /** This worker's own slots among them. */
  readonly ownSlots: number;
  readonly at: number;
  /** The budget's period at that time. */
  readonly wall: number;
}

export class OwnLimits {
  standing: Standing;
  readonly #limiter = new Limiter();
  readonly #heard = new Map<string, Heard>();
  readonly #periods = new Map<string, BudgetPeriod>();

  constructor(standing: Standing) {
    this.standing = standing;
  }

  /** The shared state gave this worker a slot. */
  hold(client: string, slot: string): void {
    if (slot !== '') this.#limiter.slots.take(client, slot, SELF);
  }

  giveSlot(slot: string): void {
    this.#limiter.slots.give(slot);
  }

  /** Slot and client of all that this worker holds. */
  held(): Iterable<readonly [slot: string, client: string]> {
    return this.#limiter.slots.all();
  }

  /** What all workers together use, as the shared state says. */
  hear(use: ClientUse, { now, wall }: Time): void {
    this.#heard.set(use.client, { use, ownSlots: this.#limiter.slots.count(use.client), at: now, wall });
  }

  /** Lets a request through on this worker's share. */
  admit(request: AdmissionRequest, time: Time): Verdict {
    const limits = this.#ownShare(request, time);
    const { budget } = request.limits;
    if (budget) this.#periods.set(request.client, budget.per);
    const verdict = this.#limiter.admit({ ...request, limits }, SELF, time);
    const allowance = inWords(request.limits, verdict.allowance);
    if (verdict.admitted) return { ...verdict, allowance, receipt: { ...verdict.receipt, alone: true } };
    const wait = limits.rpm === 0 || limits.tpm === 0 ? this.#untilHeardIsOver(request.client, time) : verdict.retryAfter;
    return { ...verdict, allowance, retryAfter: wait };
  }

  /** A request that was let through alone is over, and the shared state is still away. */
  settle(settlement: Settlement, time: Time): void {
    this.#limiter.settle(settlement, time);
  }

  /** The same when the shared state is back: what it must still be told. */
  afterwards({ receipt, tokens, usd }: Settlement): Charge | undefined {
    const { client } = receipt;
    this.giveSlot(receipt.slot);
    const per = this.#periods.get(client);
    const more = { tokens: Math.max(0, tokens - receipt.tokens), usd: usd - receipt.usd };
    return more.tokens === 0 && more.usd === 0 ? undefined : { client, requests: 0, ...more, per };
  }

  /** What was used alone, for the shared state that is back; forgotten here. */
  takeCharges(time: Time): Charge[] {
    const charges = [...this.#limiter.clients()].map((client) => {
      const per = this.#periods.get(client);
      const { requests, tokens, usd } = this.#limiter.use(client, per, time);
      return { client, requests, tokens, usd, per };
    });
    this.#limiter.clear();
    return charges.filter(({ requests, tokens, usd }) => requests > 0 || tokens > 0 || usd > 0);
  }

  retain(staying: ReadonlySet<string>): void {
    this.#limiter.retain(staying);
    for (const known of [this.#heard, this.#periods])
      for (const client of known.keys()) if (!staying.has(client)) known.delete(client);
  }

  #ownShare({ client, limits: { rpm, tpm, concurrency, budget } }: AdmissionRequest, { now, wall }: Time): ClientLimits {
    const heard = this.#heard.get(client);
    const fresh = heard && now - heard.at < WINDOW ? heard : undefined;
    const part = (limit: number, used: number) => shareOf(limit - used, client, this.standing);
    return {
      ...(rpm !== undefined && { rpm: part(rpm, fresh?.use.requests ?? 0) }),
      ...(tpm !== undefined && { tpm: part(tpm, fresh?.use.tokens ?? 0) }),
      ...(concurrency !== undefined && { concurrency: (fresh?.ownSlots ?? 0) + part(concurrency, fresh?.use.slots ?? 0) }),
      ...(budget && { budget: { ...budget, usd: this.#ownMoney(budget, heard, wall) } }),
    };
  }

  #ownMoney({ usd, per }: { readonly usd: number; readonly per: BudgetPeriod }, heard: Heard | undefined, wall: number): number {
    const samePeriod = heard !== undefined && periodOf(per, heard.wall).name === periodOf(per, wall).name;
    return Math.max(0, usd - (samePeriod ? heard.use.usd : 0)) / Math.max(1, this.standing.workers);
  }

  #untilHeardIsOver(client: string, { now }: Time): number {
    const heard = this.#heard.get(client);
    return heard ? Math.max(NO_SHARE_WAIT, heard.at + WINDOW - now) : NO_SHARE_WAIT;
  }
}

/** Clients are told the limit that they know, not a worker's share of it. */
function inWords({ rpm, tpm }: ClientLimits, { requests, tokens }: Allowance): Allowance {
  return {
    ...(requests && rpm !== undefined && { requests: { ...requests, limit: rpm } }),
    ...(tokens && tpm !== undefined && { tokens: { ...tokens, limit: tpm } }),
  };
}
