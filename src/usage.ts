/** Tokens of one answer, as the upstream counted them. */
export interface Usage {
  /** All input tokens, the cached ones included. */
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** All output tokens, reasoning included. */
  readonly output: number;
  readonly reasoning: number;
  /** Guessed: the answer broke off before the upstream had told. */
  readonly estimated?: true;
}

/** Who used what: a client, by model, of one credential. */
export interface UsageRow {
  readonly client: string;
  readonly alias: string;
  readonly upstream: string;
  readonly credential: string;
  requests: number;
  /** Requests whose outcome was not `ok`. */
  failures: number;
  /** Tokens; `input` holds the cached ones, `output` the reasoning ones. */
  input: number;
  cachedInput: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
  /** US dollars at the configured prices. */
  usd: number;
}

export type UsageTable = readonly Readonly<UsageRow>[];
