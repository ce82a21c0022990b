/** What of a client's request does not reach the upstream, told by the client's own names in `x-gateway-dropped`. */
import type { MiddleField, MiddleRequest } from './request.js';

/** Names kept at most: the header must stay small. */
const MOST_NAMES = 32;
/** What a header may hold: a client may name its fields as it likes. */
const PRINTABLE = /^[\w.[\]$-]{1,128}$/;

export class Losses {
  readonly #request: MiddleRequest;
  readonly #names = new Set<string>();

  constructor(request: MiddleRequest) {
    this.#request = request;
    for (const path of request.lost) this.drop(path);
  }

  /** By the client's own path. */
  drop(path: string): void {
    // `messages[3].content[0].cache_control` and its like count once, whatever the position.
    const name = path.replace(/\[\d+\]/g, '[]');
    if (this.#names.size < MOST_NAMES && PRINTABLE.test(name)) this.#names.add(name);
  }

  /** If the client has set it at all. */
  dropField(field: MiddleField): void {
    const name = this.#request.fields[field];
    if (name !== undefined) this.drop(name);
  }

  get names(): string[] {
    return [...this.#names];
  }
}
