/** Tool calls as the client knows them: names that were shortened for the upstream, custom tools that it got as functions. */

import { parseObject } from '../json-object.js';
import type { AnswerHints, BlockHead } from '../middle/answer.js';
import { isText } from '../middle/fields.js';

type ToolCallHead = Extract<BlockHead, { kind: 'tool-call' }>;

export interface ClientTool {
  readonly id: string;
  readonly name: string;
  /** The client declared it as custom. */
  readonly custom: boolean;
  /** Its input comes as JSON with the text in `input`, and can only be told when it is complete. */
  readonly wrapped: boolean;
}

export class ClientTools {
  readonly #names: Readonly<Record<string, string>>;
  readonly #custom: ReadonlySet<string>;

  constructor({ toolNames = {}, customTools = [] }: AnswerHints) {
    this.#names = toolNames;
    this.#custom = new Set(customTools);
  }

  of({ id, name, custom = false }: ToolCallHead): ClientTool {
    const given = (Object.hasOwn(this.#names, name) && this.#names[name]) || name;
    const wrapped = !custom && (this.#custom.has(given) || this.#custom.has(name));
    return { id, name: given, custom: custom || wrapped, wrapped };
  }
}

/** The whole input of a call; what a model did not wrap as it was told stays as it is. */
export function inputOf({ custom, wrapped }: ClientTool, pieces: readonly string[]): string {
  const input = pieces.join('');
  if (!wrapped) return custom || input !== '' ? input : '{}';
  const text = parseObject(input)?.input;
  return isText(text) ? text : input;
}
