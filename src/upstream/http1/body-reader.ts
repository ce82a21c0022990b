/** Finds the end of one body. Text is latin1, one character a byte. */
export interface BodyReader {
  /**
   * Takes what has been read; `payload` and `framed` then say what it holds. Answers with the position behind the
   * body's end in `text`, -1 while more is to come.
   * @throws ResponseFault
   */
  push(text: string): number;
  /** The connection has ended: whether that makes the body complete. */
  endOfInput(): boolean;
  /** The body's bytes in the last push, without framing. */
  readonly payload: string;
  /** The same as whole, plain chunks that may be passed on as they are; '' where they have to be framed anew. */
  readonly framed: string;
}
