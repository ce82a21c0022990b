/** What the mock says of a stamped stream, nanoseconds of the host's monotonic clock. */
export interface Stamp {
  /** When the request had come whole. */
  receivedAt: bigint;
  /** When the first token was written. */
  writtenAt: bigint;
}

/**
 * Finds the first token's stamp in the bytes of an answer; undefined while it has not come whole. The first event only opens
 * the answer (a role and no text), and a gateway that may still ask another credential holds it until a token follows.
 */
export function readStamp(text: string): Stamp | undefined {
  const opening = /"mock":\{"seq":0,"ns":"\d+","since":"(\d+)"\}/.exec(text);
  const token = /"mock":\{"seq":1,"ns":"(\d+)"\}/.exec(text);
  return opening && token ? { writtenAt: BigInt(token[1] as string), receivedAt: BigInt(opening[1] as string) } : undefined;
}
