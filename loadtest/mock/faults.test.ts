import { test } from 'tap';
import { FAULT_NAMES, type FaultName } from './faults.js';
import { CHUNKED_END, type Conversation, chunksOf, converse, eventsOf, getJson, type SendOptions, startMock } from './testing.js';

/** How a fault is asked for and what must come over the wire. */
interface Case {
  model: string;
  send?: SendOptions & { stream?: boolean };
  holds(seen: Conversation): boolean;
}

const status = (code: number) => (seen: Conversation) => seen.text.startsWith(`HTTP/1.1 ${code} `);
const whole = (seen: Conversation) => seen.text.endsWith(CHUNKED_END) && eventsOf(seen.text).at(-1) === '[DONE]';
const parses = (events: string[]) => events.every((event) => event === '[DONE]' || JSON.parse(event));
const SHORT = { listenMs: 250 };

const CASES: Record<FaultName, Case[]> = {
  status: [
    {
      model: 'status-429-retry-2',
      holds: (seen) => status(429)(seen) && /^retry-after: 2\r$/im.test(seen.text) && seen.text.includes('rate_limit_exceeded'),
    },
    ...[400, 401, 403, 500, 503, 529].map((code) => ({ model: `status-${code}`, holds: status(code) })),
  ],
  'context-length': [
    { model: 'context-length', holds: (seen) => status(400)(seen) && seen.text.includes('context_length_exceeded') },
  ],
  'content-filter': [{ model: 'content-filter', holds: (seen) => status(400)(seen) && seen.text.includes('content_filter') }],
  'leak-key': [{ model: 'leak-key', holds: (seen) => seen.text.split('Bearer secret-key').length === 4 }],
  'set-cookie': [{ model: 'set-cookie', holds: (seen) => /^set-cookie: /im.test(seen.text) && whole(seen) }],
  redirect: [{ model: 'redirect', holds: (seen) => status(302)(seen) && /^location: http:\/\/169\.254/im.test(seen.text) }],
  'refuse-headers': [{ model: 'refuse-headers', holds: (seen) => seen.text === '' && seen.end === 'reset' }],
  'no-answer': [{ model: 'no-answer', send: SHORT, holds: (seen) => seen.text === '' && seen.end === 'open' }],
  'slow-headers': [
    { model: 'slow-headers-60000', send: SHORT, holds: (seen) => seen.text === '' && seen.end === 'open' },
    { model: 'slow-headers-50', holds: whole },
  ],
  'drip-headers': [
    { model: 'drip-headers-5', send: SHORT, holds: (seen) => seen.reads.length > 3 && !seen.text.includes('\r\n\r\n') },
  ],
  'html-200': [{ model: 'html-200', holds: (seen) => status(200)(seen) && /^content-type: text\/html/im.test(seen.text) }],
  'json-for-stream': [
    {
      model: 'json-for-stream',
      holds: (seen) => /^content-type: application\/json/im.test(seen.text) && seen.text.includes('"chat.completion"'),
    },
  ],
  'stream-for-json': [
    {
      model: 'stream-for-json',
      send: { stream: false },
      holds: (seen) => /^content-type: text\/event-stream/im.test(seen.text) && seen.text.includes('data: [DONE]'),
    },
  ],
  gzip: [
    { model: 'gzip', holds: (seen) => /^content-encoding: gzip/im.test(seen.text) && seen.text.includes('\r\n\r\n\x1f\x8b') },
  ],
  'big-headers': [{ model: 'big-headers-100000', holds: (seen) => seen.text.indexOf('\r\n\r\n') > 100_000 }],
  'short-content-length': [
    { model: 'short-content-length', send: SHORT, holds: (seen) => bodyBytes(seen) - announced(seen) === 20 },
  ],
  'long-content-length': [
    { model: 'long-content-length', holds: (seen) => announced(seen) - bodyBytes(seen) === 20 && seen.end === 'fin' },
  ],
  'close-delimited': [
    {
      model: 'close-delimited',
      holds: (seen) =>
        seen.end === 'fin' && !/^(transfer-encoding|content-length)/im.test(seen.text) && eventsOf(seen.text).at(-1) === '[DONE]',
    },
  ],
  'close-delimited-cut': [
    {
      model: 'close-delimited-cut-4',
      holds: (seen) =>
        seen.end === 'fin' && !/^(transfer-encoding|content-length)/im.test(seen.text) && eventsOf(seen.text).length === 4,
    },
  ],
  'close-idle': [
    { model: 'close-idle-20', holds: (seen) => whole(seen) && seen.end === 'fin' && !/^connection: close/im.test(seen.text) },
  ],
  'slow-first-token': [
    {
      model: 'slow-first-token-60000',
      send: SHORT,
      holds: (seen) => status(200)(seen) && seen.text.endsWith('\r\n\r\n') && seen.end === 'open',
    },
    { model: 'slow-first-token-50', holds: whole },
  ],
  'stall-after': [
    { model: 'stall-after-5', send: SHORT, holds: (seen) => eventsOf(seen.text).length === 5 && seen.end === 'open' },
  ],
  'cut-fin-after': [
    {
      model: 'cut-fin-after-5',
      holds: (seen) => eventsOf(seen.text).length === 5 && seen.end === 'fin' && !seen.text.endsWith(CHUNKED_END),
    },
  ],
  'cut-rst-after': [{ model: 'cut-rst-after-5', holds: (seen) => eventsOf(seen.text).length === 5 && seen.end === 'reset' }],
  'cut-mid-event': [
    {
      model: 'cut-mid-event-5',
      holds: (seen) => eventsOf(seen.text).length === 5 && seen.end === 'fin' && !seen.text.endsWith('\n'),
    },
  ],
  'silent-end-after': [
    {
      model: 'silent-end-after-5',
      holds: (seen) => eventsOf(seen.text).length === 5 && seen.text.endsWith(CHUNKED_END) && !seen.text.includes('"stop"'),
    },
  ],
  'no-done': [
    {
      model: 'no-done',
      holds: (seen) => seen.text.endsWith(CHUNKED_END) && seen.text.includes('"stop"') && !seen.text.includes('[DONE]'),
    },
  ],
  'bad-json-event': [{ model: 'bad-json-event', holds: (seen) => whole(seen) && brokenEvents(seen) === 1 }],
  'error-first-event': [
    {
      model: 'error-first-event',
      holds: (seen) =>
        eventsOf(seen.text).length === 1 && seen.text.includes('data: {"error"') && seen.text.endsWith(CHUNKED_END),
    },
  ],
  'error-mid-stream': [
    {
      model: 'error-mid-stream',
      holds: (seen) => eventsOf(seen.text).length === 6 && seen.text.includes('data: {"error"') && !seen.text.includes('[DONE]'),
    },
  ],
  bytewise: [{ model: 'bytewise', holds: (seen) => whole(seen) && parses(eventsOf(seen.text)) }],
  'many-events-one-write': [
    {
      model: 'many-events-one-write',
      holds: (seen) => whole(seen) && seen.reads.some((read) => read.split('data: ').length === 21),
    },
  ],
  'split-utf8': [
    {
      model: 'split-utf8',
      holds: (seen) =>
        whole(seen) && Buffer.from(chunksOf(seen.text).join(''), 'latin1').toString('utf8').includes('你好 🌊 👩‍👩‍👧'),
    },
  ],
  'big-event': [
    { model: 'big-event-3000000', holds: (seen) => whole(seen) && chunksOf(seen.text).some((chunk) => chunk.length > 3_000_000) },
  ],
  crlf: [
    {
      model: 'crlf',
      holds: (seen) => chunksOf(seen.text).every((chunk) => chunk.endsWith('\r\n\r\n')) && eventsOf(seen.text).length === 20,
    },
  ],
  comments: [{ model: 'comments', holds: (seen) => whole(seen) && seen.text.split(': keep-alive\n\n').length === 21 }],
};

for (const name of FAULT_NAMES) {
  test(`fault-${name} does what its name says`, async (t) => {
    const { port } = await startMock(t);
    for (const { model, send, holds } of CASES[name]) {
      const body = { model: `fault-${model}`, stream: send?.stream ?? true, messages: [] };
      const seen = await converse(port, body, { headers: ['Authorization: Bearer secret-key'], ...idleSend(model), ...send });
      t.ok(
        holds(seen),
        `${model}: ${seen.end}, ${seen.text.length} bytes: ${JSON.stringify(seen.text.slice(0, 300))} … ${JSON.stringify(seen.text.slice(-120))}`,
      );
    }
    t.equal((await getJson(port, '/_mock/stats')).requests, CASES[name].length);
  });
}

test('a fault of the stream spoils an answer that is not streamed too', async (t) => {
  const { port } = await startMock(t);
  const ask = (model: string) => converse(port, { model, messages: [] }, { listenMs: 300 });
  const cut = await ask('fault-cut-fin-after-3');
  t.ok(announced(cut) > bodyBytes(cut) && cut.end === 'fin');
  t.equal((await ask('fault-cut-rst-after-3')).end, 'reset');
  t.ok(status(500)(await ask('fault-error-mid-stream')));
  const broken = await ask('fault-bad-json-event');
  t.equal(announced(broken), bodyBytes(broken));
  t.throws(() => JSON.parse(broken.text.slice(broken.text.indexOf('\r\n\r\n') + 4)));
});

test('a fault set at run time strikes its key as often as it says', async (t) => {
  const { port } = await startMock(t);
  t.match(await getJson(port, '/_mock/faults', 'POST', { key: 'k1', status: 429, retryAfter: 2, times: 1 }), {
    faults: [{ key: 'k1', fault: 'status-429-retry-2' }],
  });
  const send = (key: string) =>
    converse(port, { model: 'mock-instant' }, { headers: [`Authorization: Bearer ${key}`], until: '}' });
  t.match((await send('k2')).text, /^HTTP\/1.1 200 /);
  t.match((await send('k1')).text, /^HTTP\/1.1 429 /);
  t.match((await send('k1')).text, /^HTTP\/1.1 200 /);
  await getJson(port, '/_mock/faults', 'POST', { model: 'mock-instant', fault: 'cut-after-events', n: 2 });
  const cut = await converse(port, { model: 'mock-instant', stream: true });
  t.equal(eventsOf(cut.text).length, 2);
  await getJson(port, '/_mock/faults', 'DELETE');
  t.same(await getJson(port, '/_mock/faults'), { faults: [] });
  t.match(await getJson(port, '/_mock/faults', 'POST', { fault: 'nonsense' }), { error: "no fault 'nonsense'" });
});

/** Healthy ends keep the connection open: listening stops at the end of the answer, except where the close itself is the fault. */
function idleSend(model: string): SendOptions {
  if (model.startsWith('close-idle')) return {};
  return /^(status|context|content|leak|html|json|stream-for|gzip|big-headers|redirect)/.test(model)
    ? { listenMs: 300 }
    : { until: CHUNKED_END };
}

function announced({ text }: Conversation): number {
  return Number(/^content-length: (\d+)/im.exec(text)?.[1]);
}

function bodyBytes({ text }: Conversation): number {
  return text.length - text.indexOf('\r\n\r\n') - 4;
}

function brokenEvents({ text }: Conversation): number {
  return eventsOf(text).filter((event) => {
    try {
      return event !== '[DONE]' && !JSON.parse(event);
    } catch {
      return true;
    }
  }).length;
}
