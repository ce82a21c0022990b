/** What a client library must be able to do here; each file beside this one is the door to one library. */
import type { Ask, Got, Refusal } from '../words.js';

export interface ConformanceClient {
  /** @throws AskFailed with what the library raised. */
  ask(ask: Ask): Promise<Got>;
  /** Ids of the models listed; absent where the library has no such call. */
  models?(): Promise<string[]>;
  /** Input tokens; absent where the library has no such call. */
  countTokens?(model: string, text: string): Promise<number>;
  /** Vectors of the texts; `base64`: as the library gets them when it asks for that. Absent where it has no such call. */
  embed?(model: string, texts: string[], format: 'float' | 'base64'): Promise<number[][]>;
}

/** How a client reaches the target. */
export interface Reach {
  /** `http://host:port`. */
  readonly origin: string;
  readonly key: string;
  /** The library's way out, watched. */
  readonly fetch: typeof fetch;
}

export class AskFailed extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.className}${refusal.status === undefined ? '' : ` ${refusal.status}`}: ${refusal.message}`);
    this.refusal = refusal;
  }
}

/** Wraps what a library threw; `text`: the words that had come by then. */
export function askFailed(error: unknown, text: string): AskFailed {
  if (error instanceof AskFailed) return error;
  const { status, statusCode, message } = error as { status?: number; statusCode?: number; message?: string };
  const className = (error as object).constructor?.name ?? 'unknown';
  return new AskFailed({ className, status: status ?? statusCode, message: String(message ?? error), text });
}

/** A call's input as the library gives it: JSON text, '' for none. */
export function parseInput(text: string): unknown {
  return text.trim() === '' ? {} : JSON.parse(text);
}

export function dataUrl({ base64 = '', mediaType }: { base64?: string; mediaType: string }): string {
  return `data:${mediaType};base64,${base64}`;
}
