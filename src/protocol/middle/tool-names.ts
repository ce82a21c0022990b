/** Tool ids and names made to fit a dialect: the same answer for the same id, in calls, results and later turns, without a table. */
import { hash } from 'node:crypto';

const UNSAFE = /[^A-Za-z0-9_-]/;
const ALL_UNSAFE = /[^A-Za-z0-9_-]/g;
/** OpenAI and Anthropic both take this much of a name, and of an id but in chat. */
export const LONGEST_NAME = 64;

/** An id that fits stays; another becomes its safe characters and a digest of the whole, so that two never meet (edge case 6). */
export function fitToolId(id: string, longest = LONGEST_NAME): string {
  return fit(id, 'call', longest);
}

/** Names by what they became, for the way back; a name that fits is not in it. */
export class FittedNames {
  readonly #given: Record<string, string> = {};

  fit(name: string): string {
    const fitted = fit(name, 'tool', LONGEST_NAME);
    if (fitted !== name) this.#given[fitted] = name;
    return fitted;
  }

  /** Undefined where every name fitted. */
  get given(): Readonly<Record<string, string>> | undefined {
    return Object.keys(this.#given).length > 0 ? this.#given : undefined;
  }
}

function fit(text: string, instead: string, longest: number): string {
  if (text.length > 0 && text.length <= longest && !UNSAFE.test(text)) return text;
  const digest = hash('sha256', text, 'hex').slice(0, 16);
  const safe = text.replace(ALL_UNSAFE, '_').slice(0, longest - 17);
  return `${safe || instead}_${digest}`;
}
