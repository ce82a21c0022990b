/** A fault by its name without `fault-`, with the numbers that its name carried. */
export interface Fault {
  name: FaultName;
  numbers: number[];
}

/**
 * Every fault, with what its name carries: `n` a count of events, `ms`, `bytes`, or an HTTP status and seconds.
 * README.md says what each does on the wire.
 */
const FAULT_PATTERNS = {
  status: /^status-(\d{3})(?:-retry-(\d+))?$/,
  'context-length': /^context-length$/,
  'content-filter': /^content-filter$/,
  'leak-key': /^leak-key$/,
  'set-cookie': /^set-cookie$/,
  redirect: /^redirect$/,
  'refuse-headers': /^refuse-headers$/,
  'no-answer': /^no-answer$/,
  'slow-headers': /^slow-headers-(\d+)$/,
  'drip-headers': /^drip-headers-(\d+)$/,
  'html-200': /^html-200$/,
  'json-for-stream': /^json-for-stream$/,
  'stream-for-json': /^stream-for-json$/,
  gzip: /^gzip$/,
  'big-headers': /^big-headers-(\d+)$/,
  'short-content-length': /^short-content-length$/,
  'long-content-length': /^long-content-length$/,
  'close-delimited': /^close-delimited$/,
  'close-delimited-cut': /^close-delimited-cut-(\d+)$/,
  'close-idle': /^close-idle-(\d+)$/,
  'slow-first-token': /^slow-first-token-(\d+)$/,
  'stall-after': /^stall-after-(\d+)$/,
  'cut-fin-after': /^cut-fin-after-(\d+)$/,
  'cut-rst-after': /^cut-rst-after-(\d+)$/,
  'cut-mid-event': /^cut-mid-event-(\d+)$/,
  'silent-end-after': /^silent-end-after-(\d+)$/,
  'no-done': /^no-done$/,
  'bad-json-event': /^bad-json-event$/,
  'error-first-event': /^error-first-event$/,
  'error-mid-stream': /^error-mid-stream$/,
  bytewise: /^bytewise$/,
  'many-events-one-write': /^many-events-one-write$/,
  'split-utf8': /^split-utf8$/,
  'big-event': /^big-event-(\d+)$/,
  crlf: /^crlf$/,
  comments: /^comments$/,
} as const satisfies Record<string, RegExp>;

export type FaultName = keyof typeof FAULT_PATTERNS;

export const FAULT_NAMES = Object.keys(FAULT_PATTERNS) as FaultName[];

/** Reads `cut-fin-after-5`; undefined when no fault has this name. */
export function parseFault(text: string): Fault | undefined {
  for (const name of FAULT_NAMES) {
    const match = FAULT_PATTERNS[name].exec(text);
    if (!match) continue;
    const numbers = match
      .slice(1)
      .filter((part) => part !== undefined)
      .map(Number);
    const badStatus = name === 'status' && !((numbers[0] as number) >= 400 && (numbers[0] as number) <= 599);
    return badStatus ? undefined : { name, numbers };
  }
  return undefined;
}
