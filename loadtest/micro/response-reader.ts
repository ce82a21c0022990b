/** What reading an upstream's answer costs: a head, and one read of a stream in the shapes that upstreams send. */
import { ChunkedBody } from '../../src/upstream/http1/chunked-body.js';
import { ResponseReader, type ResponseSink } from '../../src/upstream/http1/response-reader.js';

const ROUNDS = 7;
const TIMES = 200_000;

const EVENT = `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" word"}}]}\n\n`;
const CHUNK = `${EVENT.length.toString(16)}\r\n${EVENT}\r\n`;
const HEAD = [
  'HTTP/1.1 200 OK',
  'content-type: text/event-stream; charset=utf-8',
  'cache-control: no-cache',
  'x-request-id: req_0123456789abcdef',
  'openai-processing-ms: 120',
  'transfer-encoding: chunked',
  'connection: keep-alive',
  '\r\n',
].join('\r\n');

const sink: ResponseSink = { onHead: () => {}, onBody: () => {}, onComplete: () => {} };

interface Case {
  readonly name: string;
  readonly bytes: number;
  readonly once: () => void;
}

/** Prints microseconds a call: the median and the best of the rounds. */
export async function run(): Promise<void> {
  console.log(`| case | bytes | median µs | best µs |`);
  console.log('|---|---|---|---|');
  for (const { name, bytes, once } of cases()) {
    measure(once);
    const rounds = Array.from({ length: ROUNDS }, () => measure(once)).sort((a, b) => a - b);
    console.log(`| ${name} | ${bytes} | ${rounds[ROUNDS >> 1]?.toFixed(3)} | ${rounds[0]?.toFixed(3)} |`);
  }
}

function cases(): Case[] {
  const halves = [CHUNK.slice(0, 70), CHUNK.slice(70)] as const;
  const extended = CHUNK.replace('\r\n', ';a=b\r\n');
  return [
    {
      name: 'a head and the answer to its end',
      bytes: HEAD.length + 5,
      once: () => new ResponseReader(sink).push(`${HEAD}0\r\n\r\n`),
    },
    body('a read of one chunk', [CHUNK]),
    body('a read of four chunks', [CHUNK.repeat(4)]),
    body('a chunk in two reads', halves),
    body('a chunk with an extension', [extended]),
  ];
}

/** Each text is made flat as if just read: joined strings would be measured flattening. */
function body(name: string, reads: readonly string[]): Case {
  const reader = new ChunkedBody();
  const texts = reads.map((text) => Buffer.from(text, 'latin1').toString('latin1'));
  const once = (): void => {
    for (const text of texts) reader.push(text);
  };
  return { name, bytes: texts.join('').length, once };
}

/** Microseconds a call. */
function measure(once: () => void): number {
  const begun = process.hrtime.bigint();
  for (let time = 0; time < TIMES; time++) once();
  return Number(process.hrtime.bigint() - begun) / 1_000 / TIMES;
}
