/** What upstreams say, in each form: the fixed answer of a healthy one, cut into its parts so that a fault can strike between any two. */
import type { StreamFacts, StreamWriter } from '../../mock/dialect.js';
import { DIALECTS } from '../../mock/dialects.js';
import type { Form } from '../gateway-config.js';

export const TOKENS = 60;
/** Every healthy answer is this text, so that a wrong one is seen. */
export const HEALTHY_TEXT = tokensOf(TOKENS).join('');
export const PROMPT_TOKENS = 21;

/** `count` tokens of the fixed text. */
export function tokensOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `word${index} `);
}

let made = 0;

export function factsOf(form: Form, model: string): StreamFacts {
  return {
    id: `${DIALECTS[form].idPrefix}_wall_${made++}`,
    created: 1_700_000_000,
    model,
    stamps: false,
    receivedAt: 0n,
    includeUsage: true,
    promptTokens: PROMPT_TOKENS,
    cachedTokens: 0,
    cacheWriteTokens: 0,
  };
}

/** The events of one stream, in order. */
export class Script {
  readonly form: Form;
  readonly #writer: StreamWriter;

  constructor(form: Form, model = 'wall') {
    this.form = form;
    this.#writer = DIALECTS[form].createWriter(factsOf(form, model));
  }

  opening(): string {
    return this.#writer.opening();
  }

  token(text: string): string {
    return this.#writer.content(text);
  }

  tokens(count: number, from = 0): string {
    return tokensOf(from + count)
      .slice(from)
      .map((text) => this.token(text))
      .join('');
  }

  /** Finish reason and usage, without the event that ends all. */
  closing(count = TOKENS): string {
    return this.#writer.closing(count) + this.#writer.usage(count);
  }

  done(count = TOKENS): string {
    return this.#writer.done(count);
  }

  /** All of it. */
  whole(count = TOKENS): string {
    return this.opening() + this.tokens(count) + this.closing(count) + this.done(count);
  }
}

/** The answer of a request that is not streamed. */
export function wholeBody(form: Form, text = HEALTHY_TEXT, model = 'wall'): string {
  return DIALECTS[form].wholeBody(factsOf(form, model), text, TOKENS);
}

export function errorEvent(form: Form): string {
  return DIALECTS[form].errorEvent;
}

export interface ErrorWish {
  readonly message?: string;
  readonly type?: string;
  readonly code?: string | null;
}

export function errorBody(
  form: Form,
  status: number,
  { message = 'The wall says no.', type, code = null }: ErrorWish = {},
): string {
  const words = { message, type: type ?? (status >= 500 ? 'server_error' : 'invalid_request_error'), code };
  return DIALECTS[form].errorBody(status, words, `req_wall_${made++}`);
}
