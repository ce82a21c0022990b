/** The words that client limits are spoken in. Tokens are whole numbers, money is US dollars, times are milliseconds. */

export type BudgetPeriod = 'hour' | 'day' | 'week' | 'month';

/** What one client may use; what is absent is not limited. */
export interface ClientLimits {
  /** Requests in any minute. */
  readonly rpm?: number;
  /** Tokens in any minute, prompt and answer. */
  readonly tpm?: number;
  /** Requests in flight. */
  readonly concurrency?: number;
  /** Money in a calendar period of UTC. */
  readonly budget?: { readonly usd: number; readonly per: BudgetPeriod };
}

export type LimitName = 'rpm' | 'tpm' | 'concurrency' | 'budget';

/** Asks a client's limits for one request. */
export interface AdmissionRequest {
  readonly client: string;
  readonly limits: ClientLimits;
  /** Whether a model answers it: what only counts tokens is limited by rpm alone. */
  readonly isCall: boolean;
  /** What it will use, as far as can be told before: settled later. */
  readonly tokens: number;
  readonly usd: number;
  /** Name of its slot, unique over all workers and hosts; taken where `concurrency` is limited. */
  readonly slot: string;
}

/** What has been taken for an admitted request, to be handed back at its settlement. */
export interface Receipt {
  readonly client: string;
  /** The store's second in which it was counted. */
  readonly second: number;
  /** The budget's period; '' without a budget. */
  readonly period: string;
  readonly tokens: number;
  readonly usd: number;
  /** '' where no slot was taken. */
  readonly slot: string;
  /** Taken from the worker's own share while the store was away. */
  readonly alone?: boolean;
}

/** What is left of a limit per minute. */
export interface Remaining {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until all of it is there again. */
  readonly reset: number;
}

/** What the client is told with every answer. */
export interface Allowance {
  readonly requests?: Remaining;
  readonly tokens?: Remaining;
}

export type Verdict = Admitted | Refused;

export interface Admitted {
  readonly admitted: true;
  readonly receipt: Receipt;
  readonly allowance: Allowance;
}

export interface Refused {
  readonly admitted: false;
  /** `away`: the store cannot be asked, and the policy is to refuse then. */
  readonly limit: LimitName | 'away';
  /** Milliseconds until asking again may help. */
  readonly retryAfter: number;
  readonly allowance: Allowance;
}

/** What an admitted request turned out to use. */
export interface Settlement {
  readonly receipt: Receipt;
  readonly tokens: number;
  readonly usd: number;
}

/** Something to be given back or settled; told in batches and not waited for. */
export type Return =
  | { readonly kind: 'settle'; readonly settlement: Settlement }
  | { readonly kind: 'charge'; readonly charge: Charge }
  | { readonly kind: 'client-slot'; readonly client: string; readonly slot: string }
  | { readonly kind: 'credential-slot'; readonly key: string; readonly slot: string };

/** What was used while the store was away, to be counted when it is back. */
export interface Charge {
  readonly client: string;
  readonly requests: number;
  readonly tokens: number;
  readonly usd: number;
  readonly per?: BudgetPeriod;
}

/** What a client uses at this moment. */
export interface ClientUse {
  readonly client: string;
  /** In the last minute. */
  readonly requests: number;
  readonly tokens: number;
  /** In flight; 0 where `concurrency` is not limited. */
  readonly slots: number;
  /** Spent and reserved in the budget's period. */
  readonly usd: number;
}
