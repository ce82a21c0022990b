/** Ids of tool calls, safe and unique over the whole request: some models count from 0 in every turn (edge case 6). */
import { fitToolId } from '../middle/tool-names.js';

export class ToolIds {
  /** By the client's id: what its latest call is called here. */
  readonly #latest = new Map<string, string>();
  readonly #used = new Set<string>();

  call(id: string): string {
    let fitted = fitToolId(id);
    for (let again = 2; this.#used.has(fitted); again++) fitted = fitToolId(`${id}#${again}`);
    this.#used.add(fitted);
    this.#latest.set(id, fitted);
    return fitted;
  }

  /** A result follows its call at once, so the latest call of that id is meant. */
  result(id: string): string {
    return this.#latest.get(id) ?? fitToolId(id);
  }
}
