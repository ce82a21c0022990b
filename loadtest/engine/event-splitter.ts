/** Bytes of a body → whole server-sent events, whatever the borders between reads. Never decodes half a character. */

const LF = 10;
const CR = 13;
const NOTHING = Buffer.alloc(0);
/** An event larger than this is no LLM's; its bytes are let go so that memory stays bounded. */
const LARGEST_EVENT = 4 * 1024 * 1024;

/**
 * Keeps the unfinished event between reads. Lines end with LF or CRLF, mixed as they like; a lone CR, which the
 * specification allows and no provider sends, does not end a line.
 */
export class EventSplitter {
  #tail: Buffer = NOTHING;
  /** Up to where the tail was searched for a line end, and where its last line begins. */
  #searched = 0;
  #lineStart = 0;
  /** Events thrown away for their size. */
  oversized = 0;

  /** Calls back with each event that ends in this read: its bytes without the blank line. What is kept of `piece` is copied. */
  push(piece: Buffer, onEvent: (event: Buffer) => void): void {
    const bytes = this.#tail.length === 0 ? piece : Buffer.concat([this.#tail, piece]);
    let eventStart = 0;
    let lineStart = this.#lineStart;
    for (let end = bytes.indexOf(LF, this.#searched); end !== -1; end = bytes.indexOf(LF, end + 1)) {
      if (end === lineStart || (end === lineStart + 1 && bytes[lineStart] === CR)) {
        if (lineStart > eventStart) onEvent(bytes.subarray(eventStart, lineStart));
        eventStart = end + 1;
      }
      lineStart = end + 1;
    }
    const tail = bytes.subarray(eventStart);
    // The bytes of a read are its owner's to use again; those that were put together here are ours already.
    this.#keep(bytes === piece && tail.length > 0 ? Buffer.from(tail) : tail, lineStart - eventStart);
  }

  /** Bytes of an event that has not ended. */
  get pending(): number {
    return this.#tail.length;
  }

  /** Forgets everything: a new stream begins. */
  reset(): void {
    this.#keep(NOTHING, 0);
  }

  #keep(tail: Buffer, lineStart: number): void {
    const fits = tail.length <= LARGEST_EVENT;
    if (!fits) this.oversized++;
    this.#tail = fits ? tail : NOTHING;
    this.#searched = this.#tail.length;
    this.#lineStart = fits ? lineStart : 0;
  }
}
