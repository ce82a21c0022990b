/**
 * The limits of all clients in one place: the embedded store's in the primary, and each worker's own view while the shared
 * one is away. Pure: methods take the time, in milliseconds on the caller's monotonic clock, and where money is counted that
 * of the calendar. A refusal takes nothing.
 */

import { periodOf } from './period.js';
import { SlidingWindow, secondOf } from './sliding-window.js';
import { type Holder, Slots } from './slots.js';
import { LONGEST_WAIT, Spending } from './spending.js';
import type {
  AdmissionRequest,
  Allowance,
  BudgetPeriod,
  Charge,
  ClientLimits,
  ClientUse,
  LimitName,
  Remaining,
  Settlement,
  Verdict,
} from './types.js';

/** Both clocks. */
export interface Time {
  /** Monotonic. */
  readonly now: number;
  /** Since the epoch. */
  readonly wall: number;
}

/** When a slot is given back nobody knows. */
const SLOT_WAIT = 1_000;
/** What never fits now may fit when the configuration or the load changes. */
const MINUTE = 60_000;

class Account {
  readonly requests = new SlidingWindow();
  readonly tokens = new SlidingWindow();
  readonly spending = new Spending();
}

export class Limiter {
  readonly slots = new Slots();
  readonly #accounts = new Map<string, Account>();

  /** Counts the request and reserves what it will use, or says which limit is in its way. */
  admit(request: AdmissionRequest, holder: Holder, time: Time): Verdict {
    const account = this.#accountOf(request.client);
    const amounts = reserved(request);
    const refusal = this.#refusal(account, request, amounts, time);
    if (refusal !== undefined) {
      const allowance = allowanceOf(account, request.limits, time.now);
      return { admitted: false, limit: refusal.limit, retryAfter: Math.max(1, refusal.wait), allowance };
    }
    return this.#take(account, request, amounts, holder, time);
  }

  /** The request is over: gives back what it did not use, counts what it used beyond. Its slot too, if it still has it. */
  settle({ receipt, tokens, usd }: Settlement, { now }: Pick<Time, 'now'>): void {
    const account = this.#accountOf(receipt.client);
    if (tokens !== receipt.tokens) account.tokens.correct(receipt.second, tokens - receipt.tokens, now);
    if (usd !== receipt.usd) account.spending.correct(receipt.period, usd - receipt.usd);
    if (receipt.slot !== '') this.slots.give(receipt.slot);
  }

  /** Counts what was used elsewhere. */
  charge({ client, requests, tokens, usd, per }: Charge, { now, wall }: Time): void {
    const account = this.#accountOf(client);
    if (requests !== 0) account.requests.add(requests, now);
    if (tokens !== 0) account.tokens.add(tokens, now);
    if (per !== undefined && usd !== 0) account.spending.add(usd, per, wall);
  }

  use(client: string, per: BudgetPeriod | undefined, { now, wall }: Time): ClientUse {
    const account = this.#accountOf(client);
    return {
      client,
      requests: account.requests.total(now),
      tokens: account.tokens.total(now),
      slots: this.slots.count(client),
      usd: per === undefined ? 0 : account.spending.spent(per, wall),
    };
  }

  /** Forgets the clients that left the configuration; what stays keeps its counts, whatever its limits are now. */
  retain(staying: ReadonlySet<string>): void {
    for (const client of this.#accounts.keys()) if (!staying.has(client)) this.#accounts.delete(client);
  }

  /** Forgets all counts, not the slots. */
  clear(): void {
    this.#accounts.clear();
  }

  clients(): IterableIterator<string> {
    return this.#accounts.keys();
  }

  #accountOf(client: string): Account {
    const account = this.#accounts.get(client) ?? new Account();
    this.#accounts.set(client, account);
    return account;
  }

  #refusal(account: Account, { client, limits, isCall }: AdmissionRequest, { tokens, usd }: Amounts, { now, wall }: Time) {
    const blocked = (limit: LimitName, wait: number) => ({ limit, wait });
    const { rpm, tpm, concurrency, budget } = limits;
    if (rpm !== undefined && account.requests.total(now) + 1 > rpm)
      return blocked('rpm', account.requests.wait(1, rpm, now) ?? MINUTE);
    if (!isCall) return undefined;
    if (tpm !== undefined && account.tokens.total(now) + Math.max(1, tokens) > tpm)
      return blocked('tpm', account.tokens.wait(tokens, tpm, now) ?? MINUTE);
    if (concurrency !== undefined && this.slots.count(client) >= concurrency) return blocked('concurrency', SLOT_WAIT);
    if (budget !== undefined) {
      const spent = account.spending.spent(budget.per, wall);
      if (spent + usd > budget.usd || spent >= budget.usd)
        return blocked('budget', Math.min(periodOf(budget.per, wall).left, LONGEST_WAIT));
    }
    return undefined;
  }

  #take(account: Account, request: AdmissionRequest, amounts: Amounts, holder: Holder, { now, wall }: Time): Verdict {
    const { client, limits, isCall } = request;
    if (limits.rpm !== undefined) account.requests.add(1, now);
    if (amounts.tokens > 0) account.tokens.add(amounts.tokens, now);
    const slot = isCall && limits.concurrency !== undefined ? request.slot : '';
    if (slot !== '') this.slots.take(client, slot, holder);
    const period = isCall && limits.budget !== undefined ? account.spending.add(amounts.usd, limits.budget.per, wall) : '';
    const receipt = { client, second: secondOf(now), period, tokens: amounts.tokens, usd: amounts.usd, slot };
    return { admitted: true, receipt, allowance: allowanceOf(account, limits, now) };
  }
}

interface Amounts {
  readonly tokens: number;
  readonly usd: number;
}

/**
 * What is reserved: nothing where nothing limits it. A guess that is larger than the whole limit must not lock the request
 * out for good; it is let through when nothing else is, and settled by what it used.
 */
export function reserved({ isCall, limits: { tpm, budget }, tokens, usd }: AdmissionRequest): Amounts {
  return {
    tokens: isCall && tpm !== undefined ? Math.min(Math.max(1, tokens), tpm) : 0,
    usd: isCall && budget !== undefined ? Math.min(usd, budget.usd) : 0,
  };
}

function allowanceOf(account: Account, { rpm, tpm }: ClientLimits, now: number): Allowance {
  return {
    ...(rpm !== undefined && { requests: remainingOf(account.requests, rpm, now) }),
    ...(tpm !== undefined && { tokens: remainingOf(account.tokens, tpm, now) }),
  };
}

function remainingOf(window: SlidingWindow, limit: number, now: number): Remaining {
  return { limit, remaining: Math.max(0, limit - window.total(now)), reset: window.reset(now) };
}
