const BLANK_LINE = Buffer.from('\n\n');
const LF = 10;

/**
 * Counts server-sent events in the raw bytes of one connection, chunk framing and all, without taking them apart: an
 * event ends with a blank line, and neither JSON nor the framing holds two line feeds in a row. One native search an
 * event: reading must cost little beside what is measured. (Events with CRLF line ends are not counted.)
 */
export class EventCounter {
  /** Events that ended so far. */
  count = 0;
  #endedWithLf = false;

  /** Takes the next read. */
  push(bytes: Buffer): void {
    if (bytes.length === 0) return;
    let from = 0;
    if (this.#endedWithLf && bytes[0] === LF) {
      this.count++;
      from = 1;
    }
    for (let at = bytes.indexOf(BLANK_LINE, from); at !== -1; at = bytes.indexOf(BLANK_LINE, from)) {
      this.count++;
      from = at + 2;
    }
    this.#endedWithLf = from < bytes.length && bytes[bytes.length - 1] === LF;
  }
}
