/**
 * The output items of an upstream's answer, whole or in pieces, as blocks of the middle form. A `done` counts only for what
 * no piece has brought: nothing is lost and nothing comes twice, however much of its protocol an upstream leaves out.
 */
import type { BlockHead } from '../middle/answer.js';
import type { BlockQueue } from '../middle/block-queue.js';
import { isJsonObject, isList, isText, type JsonObject } from '../middle/fields.js';

/** One block on its way: a part of a message, a thought, a call's input. */
interface Piecework {
  /** Characters that have come. */
  received: number;
  /** White space at the start, held until there are words: a blank block is none (edge case 14). */
  blank: string;
  opened: boolean;
}

interface Item {
  readonly index: number;
  readonly added: JsonObject;
  readonly parts: Map<number, Piecework>;
  /** The list that the thought is read from; the other one says the same in other words. */
  thoughtFrom: 'summary' | 'content' | undefined;
  done: boolean;
}

type PartKind = 'text' | 'refusal';

export class ItemReader {
  /** A tool was called. */
  called = false;
  /** The model refused, in words. */
  refused = false;
  readonly #queue: BlockQueue;
  readonly #items = new Map<number, Item>();
  readonly #ids = new Set<string>();

  constructor(queue: BlockQueue) {
    this.#queue = queue;
  }

  added(index: number, item: JsonObject): void {
    if (this.#items.has(index)) return;
    this.#items.set(index, { index, added: item, parts: new Map(), thoughtFrom: undefined, done: false });
    if (isText(item.id)) this.#ids.add(item.id);
    // Takes its place now: what is sent of later items waits for it (edge case 33).
    if (item.type !== 'message') this.#queue.reserve(`${index}`);
    if (isCall(item)) this.#openCall(index, item);
  }

  /** A piece of a message's part. */
  part(index: number, at: number, kind: PartKind, piece: string): void {
    const item = this.#item(index);
    if (item.done) return;
    const key = `${index}.${at}`;
    this.#queue.reserve(key);
    if (this.#words(partOf(item, at), key, { kind }, piece) && kind === 'refusal') this.refused = true;
  }

  /** The same part, whole: what of it has not come yet. */
  wholePart(index: number, at: number, kind: PartKind, whole: string): void {
    this.part(index, at, kind, rest(this.#item(index), at, whole));
  }

  closePart(index: number, at: number): void {
    this.#queue.close(`${index}.${at}`);
  }

  /** A piece of a thought; a further part begins after a blank line. */
  thought(index: number, from: 'summary' | 'content', at: number, piece: string): void {
    const item = this.#item(index);
    item.thoughtFrom ??= from;
    if (item.done || item.thoughtFrom !== from || piece === '' || item.parts.size > at + 1) return;
    const first = item.parts.size === 0;
    const part = partOf(item, at);
    if (part.received === 0 && !first) this.#queue.text(`${index}`, '\n\n');
    part.received += piece.length;
    this.#queue.open(`${index}`, { kind: 'thinking', maker: 'openai', ...(isText(item.added.id) && { id: item.added.id }) });
    this.#queue.text(`${index}`, piece);
  }

  wholeThought(index: number, from: 'summary' | 'content', at: number, whole: string): void {
    this.thought(index, from, at, rest(this.#item(index), at, whole));
  }

  /** A piece of a call's input. */
  input(index: number, piece: string): void {
    const item = this.#item(index);
    // Of a call that nobody has announced, `done` brings the whole.
    if (item.done || !this.#queue.has(`${index}`)) return;
    partOf(item, 0).received += piece.length;
    this.#queue.text(`${index}`, piece);
  }

  wholeInput(index: number, whole: string): void {
    this.input(index, rest(this.#item(index), 0, whole));
  }

  /** The item, complete. */
  done(index: number, whole: JsonObject): void {
    this.added(index, whole);
    const item = this.#item(index);
    if (item.done) return;
    if (whole.type === 'message') this.#message(index, whole);
    else if (whole.type === 'reasoning') this.#reasoning(index, whole);
    else if (isCall(whole)) this.#call(index, whole);
    this.#queue.close(`${index}`);
    item.done = true;
  }

  /** The answer is complete: `output` brings what no event has brought; what was begun and never done counts as it is. */
  finish(output: unknown): void {
    const streamed = new Set(this.#ids);
    for (const [index, item] of objects(output).entries()) {
      // An id seen at another place: this upstream numbers its events and its output differently.
      const elsewhere = !this.#items.has(index) && isText(item.id) && streamed.has(item.id);
      if (!elsewhere) this.done(index, item);
    }
    for (const { index, added } of this.#items.values()) this.done(index, added);
    this.#queue.closeAll();
  }

  #item(index: number): Item {
    const item = this.#items.get(index);
    if (item) return item;
    this.added(index, { type: 'message' });
    return this.#items.get(index) as Item;
  }

  #openCall(index: number, { type, call_id: callId, id, name }: JsonObject): void {
    const called = isText(callId) && callId !== '' ? callId : id;
    if (!isText(called) || !isText(name) || name === '') return;
    this.called = true;
    const custom = type === 'custom_tool_call';
    this.#queue.open(`${index}`, { kind: 'tool-call', id: called, name, ...(custom && { custom }) });
  }

  #message(index: number, { content }: JsonObject): void {
    for (const [at, part] of objects(content).entries()) {
      if (isText(part.text)) this.wholePart(index, at, 'text', part.text);
      else if (isText(part.refusal)) this.wholePart(index, at, 'refusal', part.refusal);
    }
    for (const at of this.#item(index).parts.keys()) this.closePart(index, at);
  }

  /** Without a word of it, the proof alone is what there is. */
  #reasoning(index: number, { summary, content, encrypted_content: encrypted, id }: JsonObject): void {
    for (const [at, { text }] of objects(summary).entries()) if (isText(text)) this.wholeThought(index, 'summary', at, text);
    for (const [at, { text }] of objects(content).entries()) if (isText(text)) this.wholeThought(index, 'content', at, text);
    if (!isText(encrypted) || encrypted === '') return;
    if (this.#item(index).parts.size > 0) this.#queue.signature(`${index}`, encrypted);
    else
      this.#queue.open(`${index}`, { kind: 'redacted-thinking', maker: 'openai', proof: encrypted, ...(isText(id) && { id }) });
  }

  #call(index: number, item: JsonObject): void {
    this.#openCall(index, item);
    const whole = item.type === 'custom_tool_call' ? item.input : item.arguments;
    if (isText(whole)) this.wholeInput(index, whole);
  }

  /** Whether the block is open now. */
  #words(part: Piecework, key: string, head: BlockHead, piece: string): boolean {
    part.received += piece.length;
    if (part.opened) this.#queue.text(key, piece);
    else part.blank += piece;
    if (part.opened || part.blank.trim() === '') return part.opened;
    part.opened = true;
    this.#queue.open(key, head);
    this.#queue.text(key, part.blank);
    part.blank = '';
    return true;
  }
}

function partOf(item: Item, at: number): Piecework {
  const known = item.parts.get(at);
  if (known) return known;
  const part = { received: 0, blank: '', opened: false };
  item.parts.set(at, part);
  return part;
}

function rest(item: Item, at: number, whole: string): string {
  return whole.slice(item.parts.get(at)?.received ?? 0);
}

function isCall({ type }: JsonObject): boolean {
  return type === 'function_call' || type === 'custom_tool_call';
}

function objects(list: unknown): JsonObject[] {
  return isList(list) ? list.map((each) => (isJsonObject(each) ? each : {})) : [];
}
