/** Tokens of one answer, as the upstream counted them. */
export interface Usage {
  /** All input tokens, the cached ones included. */
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** All output tokens, reasoning included. */
  readonly output: number;
  readonly reasoning: number;
}
