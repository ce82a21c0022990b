/** What the mock says of the first event of a stamped stream, nanoseconds of the host's monotonic clock. */
export interface Stamp {
  receivedAt: bigint;
  writtenAt: bigint;
}

/** Finds the first event's stamp in the bytes of an answer; undefined while it has not come whole. */
export function readStamp(text: string): Stamp | undefined {
  const match = /"mock":\{"seq":0,"ns":"(\d+)","since":"(\d+)"\}/.exec(text);
  return match ? { writtenAt: BigInt(match[1] as string), receivedAt: BigInt(match[2] as string) } : undefined;
}
