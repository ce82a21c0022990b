/** The tool calls of one chat answer, put together from deltas that name them by `index`, or by nothing at all. */
import type { BlockQueue } from '../middle/block-queue.js';
import { isJsonObject, isText } from '../middle/fields.js';

interface Call {
  readonly key: string;
  readonly custom: boolean;
  id: string | undefined;
  name: string | undefined;
  opened: boolean;
}

export class ToolDeltas {
  /** The answer's id: calls that got none are named after it. */
  answerId = '';
  readonly #queue: BlockQueue;
  readonly #calls: Call[] = [];
  readonly #byIndex = new Map<number, Call>();
  readonly #ids = new Set<string>();

  constructor(queue: BlockQueue) {
    this.#queue = queue;
  }

  /** A call has been told: it has at least a name. */
  get made(): boolean {
    return this.#calls.some(({ opened }) => opened);
  }

  /** Calls begun. */
  get count(): number {
    return this.#calls.length;
  }

  /** One element of `tool_calls`. `place`: its place in a whole message, which has no indices. */
  add(delta: unknown, place?: number): void {
    if (!isJsonObject(delta)) return;
    const custom = isJsonObject(delta.custom);
    const said = isJsonObject(delta.custom) ? delta.custom : isJsonObject(delta.function) ? delta.function : {};
    const name = filled(said.name);
    const call = this.#find(typeof delta.index === 'number' ? delta.index : place, filled(delta.id), name, custom);
    call.id ??= filled(delta.id);
    call.name ??= name;
    this.#tell(call, inputText(custom ? said.input : said.arguments));
  }

  /** `function_call`, the form before `tool_calls`: one, without an id. */
  addFunction(delta: unknown): void {
    if (isJsonObject(delta)) this.add({ index: -1, function: delta });
  }

  /** Calls that never got an id get one. */
  finish(): void {
    for (const call of this.#calls) if (!call.opened) this.#open(call);
  }

  /**
   * The call that a delta goes on with. Some servers give every parallel call index 0: another id with another name is
   * another call. Others give no index: a name begins one, anything else goes on with the last.
   */
  #find(index: number | undefined, id: string | undefined, name: string | undefined, custom: boolean): Call {
    const known = index === undefined ? this.#calls.at(-1) : this.#byIndex.get(index);
    const another = name !== undefined && id !== undefined && known?.id !== undefined && known.id !== id;
    const unnamed = index === undefined && name !== undefined && id === undefined && known?.name !== undefined;
    if (known && !another && !unnamed) return known;
    const call: Call = { key: `tool${this.#calls.length}`, custom, id: undefined, name: undefined, opened: false };
    this.#calls.push(call);
    if (index !== undefined) this.#byIndex.set(index, call);
    this.#queue.reserve(call.key);
    return call;
  }

  /** It is opened with its name and id, or with its name when its input begins without an id having come. */
  #tell(call: Call, input: string): void {
    if (!call.opened && call.name !== undefined && (call.id !== undefined || input !== '')) this.#open(call);
    this.#queue.text(call.key, input);
  }

  #open(call: Call): void {
    if (call.name === undefined) return;
    call.opened = true;
    const id = this.#unique(call.id ?? `call_${this.answerId || 'answer'}_${this.#calls.indexOf(call)}`);
    this.#queue.open(call.key, { kind: 'tool-call', id, name: call.name, ...(call.custom && { custom: true }) });
  }

  #unique(id: string): string {
    const unique = this.#ids.has(id) ? `${id}_${this.#ids.size}` : id;
    this.#ids.add(unique);
    return unique;
  }
}

function filled(value: unknown): string | undefined {
  return isText(value) && value !== '' ? value : undefined;
}

/** JSON text; some servers send the object itself. */
function inputText(value: unknown): string {
  return isText(value) ? value : isJsonObject(value) ? JSON.stringify(value) : '';
}
