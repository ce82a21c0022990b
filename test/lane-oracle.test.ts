/** The lane serves what Node's server would serve, and in the same way: the same bytes to both, in whatever pieces. */
import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'tap';
import type { TestScope } from './helpers/gateway.js';
import { KEY, type PairedService, type Seen, startPaired } from './helpers/lane-pair.js';
import type { RecordingUpstream } from './helpers/recording-upstream.js';

const RUNS = Number(process.env.FUZZ_RUNS ?? 120);
const WHOLE = '{"id":"c","object":"chat.completion","choices":[{"message":{"content":"é"}}]}';
const EVENTS = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n';

/** Answers by the prompt: whole, streamed, an error. */
function answerAll(upstream: RecordingUpstream): void {
  upstream.answer = (response, { body }) => {
    const text = body.toString('utf8');
    if (text.includes('fail')) response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
    else if (text.includes('"stream":true'))
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${EVENTS}data: [DONE]\n\n`);
    else response.writeHead(200, { 'content-type': 'application/json', 'openai-version': '1' }).end(WHOLE);
  };
}

interface Wish {
  readonly path: string;
  readonly body: string;
  readonly headers: readonly string[];
}

function bytesOf({ path, body, headers }: Wish): string {
  const length = Buffer.byteLength(body, 'latin1');
  return `POST ${path} HTTP/1.1\r\nHost: gateway:8080\r\n${headers.map((line) => `${line}\r\n`).join('')}Content-Length: ${length}\r\n\r\n${body}`;
}

const body = fc.constantFrom(
  '{"model":"mock","messages":[]}',
  '{"model":"mock","messages":[],"stream":true}',
  '{"model":"mock","messages":[{"role":"user","content":"\xc3\xa9 fail"}]}',
  '{"model":"elsewhere","messages":[]}',
  '{"model":',
  `{"model":"mock","messages":[{"role":"user","content":"${'long '.repeat(700)}"}]}`,
  `{"model":"mock","messages":[{"role":"user","content":"${'too long '.repeat(700)}"}]}`,
);
const header = fc.constantFrom(
  'x-session-id: s',
  'X-Request-Id: my-own.id:1',
  'x-request-id: not ok',
  'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'openai-beta: a',
  'openai-beta: b',
  'Accept: */*',
  'accept-encoding: gzip, br',
  'Connection: keep-alive',
  'connection: Keep-Alive, close',
  'expect: 100-continue',
  'cookie: a=b',
  'x-empty:',
  'x-tight:value',
  'x-latin: \xe9',
  'x-api-key: other',
  '__proto__: x',
  'constructor: x',
);
const key = fc.constantFrom(
  `Authorization: Bearer ${KEY}`,
  `Authorization: Bearer ${KEY}`,
  `x-api-key: ${KEY}`,
  'authorization: Bearer wrong',
);
const wish = fc
  .record({
    path: fc.constantFrom(
      '/v1/chat/completions',
      '/v1/messages',
      '/v1/chat/completions?beta=true',
      '/v1/embeddings',
      '/v1/responses',
      '/v1/other',
    ),
    body,
    headers: fc.array(header, { maxLength: 4 }),
    key,
  })
  .map(({ key, headers, ...rest }): Wish => ({ ...rest, headers: [key, ...headers] }));
/** What parsers disagree about. */
const spice = fc.constantFrom(
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  '\x7f',
  ',',
  '0',
  '-',
  '+',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 1\r\n',
  'Host: b\r\n',
  ' HTTP/1.1',
  '\r\n\r\n',
  ' x',
  '//',
  '#',
  '%2e',
  'HTTP/1.0',
);
const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 });

function split(text: string, at: readonly number[]): string[] {
  const cuts = [...new Set(at.map((share) => Math.floor(share * text.length)))].sort((a, b) => a - b);
  return [...cuts, text.length].map((cut, index) => text.slice(cuts[index - 1] ?? 0, cut)).filter((piece) => piece !== '');
}

async function both(pair: readonly PairedService[], pieces: readonly string[], answers?: number): Promise<Seen[]> {
  return Promise.all(pair.map((service) => service.say(pieces, answers)));
}

/** Differences that are known, and why each does no harm. */
const KNOWN: ReadonlyMap<string, (lane: Seen, node: Seen) => boolean> = new Map([
  // Node's server lets bytes behind a request that are no request take the answer under way with them; the lane looks at them once it is out.
  [
    'garbage behind a request',
    (lane: Seen, node: Seen) =>
      node.answers.length === 1 && node.answers[0]?.status === 400 && isSame(lane.answers.at(-1), node.answers[0]),
  ],
  // Whether a 413 finds its small body already read, or the client gone behind it, depends on which of Node's two ways into its parser the bytes took.
  [
    'a body too large that has come along',
    (lane: Seen, node: Seen) => node.answers[0]?.status === 413 && [400, 413].includes(lane.answers[0]?.status ?? 0),
  ],
]);

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function compare([lane, node]: readonly Seen[]): void {
  if (!lane || !node) throw new Error('two were to be compared');
  if ([...KNOWN.values()].some((isKnown) => isKnown(lane, node))) return;
  deepStrictEqual(lane, node);
}

async function startPair(t: TestScope): Promise<PairedService[]> {
  const pair = await Promise.all([startPaired(t, 'lane'), startPaired(t, 'node')]);
  for (const { upstream } of pair) answerAll(upstream);
  return pair;
}

test('any request, changed anywhere and cut anywhere, gets the same answer and asks the upstream the same', async (t) => {
  const pair = await startPair(t);
  const mutation = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), drop: fc.nat(2), spice });
  await fc.assert(
    fc.asyncProperty(wish, fc.array(mutation, { maxLength: 2 }), places, async (wished, mutations, cuts) => {
      let bytes = bytesOf(wished);
      for (const { at, drop, spice: put } of mutations) {
        const place = Math.floor(at * bytes.length);
        bytes = bytes.slice(0, place) + put + bytes.slice(place + drop);
      }
      compare(await both(pair, split(bytes, cuts)));
    }),
    { numRuns: RUNS },
  );
  t.ok((pair[0]?.byLane ?? 0) > RUNS / 20, 'the lane had its part');
  t.equal(pair[1]?.byLane, 0);
});

test('several requests on a connection, one at a time or all at once, are answered alike', async (t) => {
  const pair = await startPair(t);
  const kept = wish
    .filter(({ body: { length } }) => length < 4096)
    .map(({ headers, ...rest }) => ({ ...rest, headers: headers.filter((line) => !/close|expect/.test(line)) }));
  await fc.assert(
    fc.asyncProperty(fc.array(kept, { minLength: 1, maxLength: 3 }), places, fc.boolean(), async (wished, cuts, isPatient) => {
      const bytes = wished.map(bytesOf).join('');
      compare(await both(pair, split(bytes, cuts), isPatient ? wished.length : 0));
    }),
    { numRuns: RUNS },
  );
  t.ok((pair[0]?.byLane ?? 0) > RUNS / 20, 'the lane had its part');
});
