/**
 * Blocks that an upstream sends interleaved (chat's tool calls by `index`, Responses' items by `output_index`) told one
 * after another: the first open one passes through as it comes, the others are held until those before them are closed
 * (edge case 33).
 */
import { GatewayError } from '../../errors.js';
import type { AnswerSink, BlockHead } from './answer.js';

/** Characters held for blocks that wait, over all of them; what comes beyond is an upstream gone wrong. */
const MOST_HELD = 16 * 1024 * 1024;

interface Waiting {
  readonly key: string;
  /** Unset while its name or id has not come. */
  head: BlockHead | undefined;
  held: string[];
  proof: string | undefined;
  closed: boolean;
}

export class BlockQueue {
  readonly #sink: AnswerSink;
  /** In the order in which they were first spoken of; the first is the one that passes through. */
  readonly #waiting: Waiting[] = [];
  readonly #known = new Map<string, Waiting>();
  #opened = false;
  #heldLength = 0;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  /** Takes its place in the order, before it is known what it is. The same key again is the same block. */
  reserve(key: string): void {
    if (this.#known.has(key)) return;
    const block: Waiting = { key, head: undefined, held: [], proof: undefined, closed: false };
    this.#known.set(key, block);
    this.#waiting.push(block);
  }

  has(key: string): boolean {
    return this.#known.has(key);
  }

  /** The first head given counts (edge case 33: repeated names are ignored). */
  open(key: string, head: BlockHead): void {
    this.reserve(key);
    const block = this.#known.get(key);
    if (!block || block.head) return;
    block.head = head;
    this.#advance();
  }

  /** @throws GatewayError 502 when more is held than one answer may be: its reader tells the sink. */
  text(key: string, piece: string): void {
    const block = this.#known.get(key);
    if (!block || block.closed || piece === '') return;
    if (block === this.#waiting[0] && this.#opened) return this.#sink.text(piece);
    this.#heldLength += piece.length;
    if (this.#heldLength > MOST_HELD) throw new GatewayError('upstream_error', 'The upstream’s answer is too much interleaved.');
    block.held.push(piece);
  }

  signature(key: string, proof: string): void {
    const block = this.#known.get(key);
    if (!block || block.closed) return;
    if (block === this.#waiting[0] && this.#opened) this.#sink.signature(proof);
    else block.proof = proof;
  }

  close(key: string): void {
    const block = this.#known.get(key);
    if (!block) return;
    block.closed = true;
    this.#advance();
  }

  closeAll(): void {
    for (const block of this.#waiting) block.closed = true;
    this.#advance();
  }

  /** Opens, fills and closes as far as the order allows. A block that never got a head is left out. */
  #advance(): void {
    for (let block = this.#waiting[0]; block; block = this.#waiting[0]) {
      if (!this.#opened && block.head) this.#begin(block, block.head);
      if (!block.closed) return;
      if (this.#opened) this.#sink.close();
      this.#opened = false;
      this.#release(block);
      this.#waiting.shift();
    }
  }

  #begin(block: Waiting, head: BlockHead): void {
    this.#opened = true;
    this.#sink.open(head);
    const held = this.#release(block);
    if (held !== '') this.#sink.text(held);
    if (block.proof !== undefined) this.#sink.signature(block.proof);
  }

  /** What was held for the block makes room, told or not. */
  #release(block: Waiting): string {
    const held = block.held.join('');
    block.held = [];
    this.#heldLength -= held.length;
    return held;
  }
}
